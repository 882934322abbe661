"""Facebook Messenger: the inbox of a community's Page."""
