"""The pages: for each, a dataclass with what its template gets."""
