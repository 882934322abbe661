"""The specialists' web pages: sign-in, the queue, a conversation with its packet, live without reload."""
