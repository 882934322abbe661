"""Lists on paper: a sheet of the dialogue as a PDF."""
