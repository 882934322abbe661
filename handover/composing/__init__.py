"""What a specialist needs while writing: drafts, ready answers, and who else is here."""
