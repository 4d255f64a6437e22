"""Models of what the service answers, for the published document and for the tests.

The functions do not import them: they answer with plain JSON, which costs no start-up. Tests hold
each answer to its model: it has every member of the model, and no other.
"""
