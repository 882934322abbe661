"""Channels: one folder each, all keeping the contract of conversations.channel."""
