"""The pages for citizens; they work without JavaScript."""
