"""The bot: it thinks (dialogue), runs (turns) and is put together (app)."""
