"""The register of applications: what was decided, by number, and who follows it."""
