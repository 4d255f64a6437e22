"""The whole service broken on purpose: thousands of random schedules of faults, each from a seed.

`make chaos` runs them; `python -m tests.chaos --help` tells the rest. `world` has the functions'
own code with real AWS clients, `faults` decides what becomes of each of their calls, `people` use
the service, and `promises` judges what is left.
"""
