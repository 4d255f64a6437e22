"""Requests and answers: the JSON API, what a body may hold, what the service refuses and why."""
