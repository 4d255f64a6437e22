"""The reader of documents by its former name; it is `tests.support.documents`."""

from tests.support.documents import *  # noqa: F403
