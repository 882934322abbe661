"""The workplace under load: its queue, its event streams, its reports."""
