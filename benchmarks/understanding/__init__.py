"""Ours beside other matchers: the same phrasings to learn from, the same messages to answer."""
