"""What the body of a request may hold, in JSON or in a form, checked field by field."""
