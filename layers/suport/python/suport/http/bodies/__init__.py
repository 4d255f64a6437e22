"""What the body of a request may hold, checked field by field, from JSON or from a form."""
