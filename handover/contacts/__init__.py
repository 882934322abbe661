"""People across their conversations."""
