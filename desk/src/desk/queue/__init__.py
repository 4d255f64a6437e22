"""The team's queue: its messages, how to pull the next incident, and the dead letters."""
