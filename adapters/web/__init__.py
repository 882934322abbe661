"""The community's own chat page: the channel we are ourselves on both ends of."""
