"""How quick the specialists' pages are where much is kept."""
