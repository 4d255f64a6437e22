"""The domain of the assistance service: incidents and their register, retention, consent."""
