"""A procedure as pages name it: as the catalogue does, in the reader's language if possible."""

from collections.abc import Mapping
from typing import NamedTuple

from suport.domain.language import Language


class NamedProcedure(NamedTuple):
    """Code and name of a procedure, and the language of the name if it is not the reader's."""

    code: str
    name: str
    language: Language | None = None


def named_procedure(procedure: Mapping[str, str], language: Language) -> NamedProcedure:
    """The procedure with that `code` and `name`, either of which may be missing.

    Its name is the catalogue's, unless somebody typed another one.
    """
    code, name = procedure.get("code", ""), procedure.get("name", "")
    if code:
        from suport.domain.procedures import catalogue  # noqa: PLC0415  read only if one is named

        if (known := catalogue().find(code)) and name in {"", *known.names.values()}:
            name, spoken = known.name_in(language)
            return NamedProcedure(code, name, None if spoken == language else spoken)
    return NamedProcedure(code, name)
