"""The whole service as citizens and teams meet it, deployed into the embedded AWS."""

from tests.support.deployment import service
from tests.support.uploads import store

__all__ = ["service", "store"]
