"""Lists on paper, read back as a reader and a camera see them."""
