"""The rules: what an incident is, and who may do what with it, and when. No I/O.

The domain imports only the standard library. It decides; the register stores.
"""
