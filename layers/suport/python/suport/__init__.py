"""The domain of the assistance service: incidents and their register, retention, consent."""

import gc

# What a start imports stays for good, and the collector of cycles would look through it dozens of
# times on the way. Starts and invocations make fewer objects than this.
gc.set_threshold(150_000, 20, 100)
