"""Full durable turns a second through real processes, beside bottender's echo and an empty FastAPI."""
