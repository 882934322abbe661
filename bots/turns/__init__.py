"""How a turn runs: accept what arrives, think in batches, deliver in order."""
