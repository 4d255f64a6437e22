"""Requests and answers: the JSON API, what a body may hold, what is refused and why."""
