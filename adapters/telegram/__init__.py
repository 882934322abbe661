"""Telegram: a private chat with a bot, by webhook or by long polling."""

from adapters.telegram import deferred  # noqa: F401  # before any module of ours loads aiogram
