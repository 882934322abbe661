"""Registers asked instead of papers: which are connected, and what they answered."""
