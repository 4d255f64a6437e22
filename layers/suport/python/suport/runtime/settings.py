"""What the operator of the service has configured, as the template hands it to a function."""

import os
from datetime import date
from functools import cache
from typing import NamedTuple

from suport.domain.category import Category
from suport.domain.working_hours import ALWAYS, TeamHours, read_dates, read_hours


def closed_dates() -> frozenset[date]:
    """The dates that are no working days, and on which the 012 line does not answer."""
    return read_dates(os.environ.get("CLOSED_DATES", ""))


def public_url() -> str:
    """The address at which citizens find the service, without a last slash; empty if unknown."""
    return os.environ.get("PUBLIC_URL", "").rstrip("/")


class PrivacyContacts(NamedTuple):
    """Where citizens turn about their data.

    officer: an e-mail address, or an address on the web. rights: the address of the procedure by
    which rights are exercised. decree: the title of the decree that gives the Directorate-General
    its task; empty if nobody has stated it.
    """

    officer: str
    rights: str
    decree: str

    @property
    def officer_link(self) -> str:
        """The target of a link to the data protection officer."""
        return self.officer if "://" in self.officer else f"mailto:{self.officer}"


def privacy_contacts() -> PrivacyContacts:
    """Whom citizens can contact about their data, as the template states it today."""
    names = ("DATA_PROTECTION_OFFICER", "RIGHTS_PROCEDURE_URL", "COMPETENCE_DECREE")
    return PrivacyContacts(*(os.environ[name] for name in names))


def team_hours() -> TeamHours:
    """When each team works; a function that decides nothing by it has no `TEAM_HOURS`.

    Raises
    ------
    WrongHours
        If the parameter of the template states what cannot be, although it fits its pattern.
    """
    stated = os.environ.get("TEAM_HOURS")
    return ALWAYS if stated is None else _read_hours(stated, closed_dates())


def recovery_days() -> int:
    """How many days back the register can be restored: copies of what was erased last so long."""
    return int(os.environ["RECOVERY_DAYS"])


def other_matters_team() -> Category:
    """The team that gets what belongs to no kind of problem: see `Topic`."""
    return Category(os.environ.get("OTHER_MATTERS_TEAM", Category.FUNCTIONAL))


class Relay(NamedTuple):
    """The relay through which pictures pass.

    urls: of a TURN server. is_required: whether pictures pass through it or not at all; on a
    developer's machine they pass without one.
    """

    urls: tuple[str, ...]
    is_required: bool

    @property
    def is_missing(self) -> bool:
        """Whether no picture can pass."""
        return self.is_required and not self.urls


def relay() -> Relay:
    """The relay (`RELAY_URLS`), and whether it may be missing (`WITHOUT_RELAY`)."""
    urls = tuple(filter(None, os.environ.get("RELAY_URLS", "").replace(" ", "").split(",")))
    return Relay(urls, bool(urls) or os.environ.get("WITHOUT_RELAY") != "allowed")


class SupportTool(NamedTuple):
    """The external program by which operators control a citizen's computer, and its address."""

    name: str
    url: str


def support_tool() -> SupportTool | None:
    """That program (`SUPPORT_TOOL_NAME`, `SUPPORT_TOOL_URL`), if the office has one."""
    name, url = (os.environ.get(f"SUPPORT_TOOL_{each}", "") for each in ("NAME", "URL"))
    return SupportTool(name, url) if name and url else None


_read_hours = cache(read_hours)  # once per start
