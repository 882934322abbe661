"""What we know: benefit rules, document lists and the understanding of citizens' words."""
