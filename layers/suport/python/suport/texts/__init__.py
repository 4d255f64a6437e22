"""The service's words in four languages: messages, names of things, notices, dates."""
