"""The mails that citizens get: what they say, how they are requested, what comes back."""
