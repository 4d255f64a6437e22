"""Every problem that a request may be answered with, by what it is about."""
