"""The whole reception behind each messenger: emulated vendor, real webhooks, real log, real engine."""
