"""The pages: for each, what its template is given, and the function that shows it."""
