"""One skill a file: what it reacts to, its steps, its replies. `engine.py` decides whose turn it is."""
