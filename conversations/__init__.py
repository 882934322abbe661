"""What was said: the neutral words, the channel contract and the durable log."""
