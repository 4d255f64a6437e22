"""Every problem that can answer a request, by what it is about."""
