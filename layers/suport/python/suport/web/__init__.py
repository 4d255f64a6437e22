"""The pages for citizens, which work without JavaScript."""
