"""Telegram: a private chat with a bot, by webhook or by long polling."""
