"""What many more citizens meet first: the limits of AWS, the demand, and a simulated day.

The figures are in one table (`limits.toml`), which `docs/scale.md` shows and the simulation uses.
"""
