"""The register: one table with every incident and its history, asked by named questions."""
