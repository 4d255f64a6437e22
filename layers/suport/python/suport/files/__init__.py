"""Citizens' files in their store."""
