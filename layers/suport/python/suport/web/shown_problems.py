"""The known problems that a page shows to a citizen, by what is known of their problem."""

from collections.abc import Mapping, Sequence

from suport.domain.category import Category
from suport.domain.incident import Topic
from suport.domain.known_problem import KnownProblem, shown_to
from suport.runtime import clock


def shown_problems(
    fields: Mapping[str, str],
) -> Sequence[KnownProblem]:
    """The open known problems that may stop this citizen.

    fields: what is known, under the names of the form; all of it may be missing.
    """
    published = _published()
    if not published or fields.get("topic", "") in Topic:  # nearly always; a topic is no problem
        return ()
    stated = fields.get("category", "")
    kind = Category(stated) if stated in Category else None
    return shown_to(published, clock.now(), kind, _procedure(fields), _stated_code(fields))


def problems_of_procedures() -> Sequence[KnownProblem]:
    """The open known problems, for a page that shows many procedures."""
    return shown_to(_published(), clock.now())


def _published() -> Sequence[KnownProblem]:
    from suport.register.other_tables import published_problems  # noqa: PLC0415  a client, for no notice

    return published_problems().at(clock.now())


def _procedure(fields: Mapping[str, str]) -> str | None:
    """The code of the procedure, `UNLISTED` for one that the catalogue does not have."""
    from suport.domain.procedures import UNLISTED, catalogue  # noqa: PLC0415  few are needed

    code, name = (fields.get(f"procedure.{part}", "").strip() for part in ("code", "name"))
    if not (code or name):
        return None
    found = catalogue().find(code) or catalogue().named(name)
    return found.code if found else UNLISTED


def _stated_code(fields: Mapping[str, str]) -> str | None:
    error = {part: fields.get(f"error.{part}", "") for part in ("code", "message")}
    if not any(error.values()):
        return None
    from suport.domain.known_errors import stated_code  # noqa: PLC0415  as above

    return stated_code(error)
