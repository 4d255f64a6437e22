"""The pages of the desk in the browser."""
