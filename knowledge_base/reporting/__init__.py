"""The state of the knowledge base on one page, for editors and heads."""
