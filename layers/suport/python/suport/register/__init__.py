"""The register: one table with every incident and its history, read by named questions."""
