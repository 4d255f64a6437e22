"""The texts that operators write: where they come from, and how they are confirmed and sent."""
