"""The register of applications: files, sources, codes, look-ups and who is told."""
