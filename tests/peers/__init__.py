"""Independent clients, bots and emulators of the three vendors try our emulators and our bot: `make peers`."""
