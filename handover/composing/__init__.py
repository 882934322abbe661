"""What a specialist needs while writing: drafts, ready answers, who else is here, and whom a note calls."""
