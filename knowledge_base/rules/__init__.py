"""How an entry is written: YAML reader, strict schema, grammar of conditions, dated parameters."""
