"""How fast and how small the service is, beside what people would use instead.

`make bench` measures what `sam build` made: each function in a process of Lambda's own runtime
client, against an AWS on loopback that answers at once. The machine may be busy; so references and
functions take turns, and what counts is the ratio within a turn.
"""
