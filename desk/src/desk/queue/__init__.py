"""The team's queue: what waits in it, the pulling of the next incident, and the dead letters."""
