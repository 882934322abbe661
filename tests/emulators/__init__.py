"""Emulators of the vendors: servers on 127.0.0.1 that behave as the vendors' own facts say."""
