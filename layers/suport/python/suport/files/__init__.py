"""The store of citizens' files."""
