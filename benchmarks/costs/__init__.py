"""What the service costs: prices, the calls that were counted, and what follows from both.

`calls.json` is counted by running the functions on an AWS in this process (`counted`). The prices
(`prices.toml`) are written by hand, and dated. `make costs` counts again, and prints what follows.
"""
