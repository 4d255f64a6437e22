"""The register: the one table that holds every incident and its history, asked by named questions."""
