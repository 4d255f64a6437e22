"""What a text is found by: its words, their other forms, and words that are nearly the same."""
