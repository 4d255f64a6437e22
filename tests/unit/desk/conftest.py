"""The desk's tests share a desk, its operator and its service."""

from tests.support.desk import desk, editor, kept, service, typed

__all__ = ["desk", "editor", "kept", "service", "typed"]
