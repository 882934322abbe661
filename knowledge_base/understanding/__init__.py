"""How a citizen's words find a topic, a facet or a danger."""
