"""What an incident is and what may be done with it, by whom and when: rules without I/O.

The domain imports the standard library only. It decides; the register stores.
"""
