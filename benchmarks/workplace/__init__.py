"""How quick the workplace stays when there is much."""
