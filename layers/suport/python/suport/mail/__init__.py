"""The mails that citizens get: what they say, when they are asked for, what comes back."""
