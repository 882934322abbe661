"""The dialogue engine: its words, its turns and its golden conversations."""
