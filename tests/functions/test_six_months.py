"""What people wrote vanishes from every read at its own midnight, to the millisecond.

tests/acceptance/test_six_months.py follows it through the deployed service, until it is nowhere.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from suport.domain.legal_time import MADRID
from suport.runtime import clock
from tests.support.gateway import answered, asked
from tests.support.operators_api import OperatorsApi
from tests.support.six_months import six_months_on
from tests.support.web import OTHER_KEY, Web

WRITTEN = {
    "qzdescription": datetime(2026, 8, 31, 23, 59, 59, tzinfo=MADRID),
    "qzerror": datetime(2026, 8, 31, 23, 59, 59, tzinfo=MADRID),
    "qzmessage": datetime(2026, 9, 1, tzinfo=MADRID),
    "qznote": datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=MADRID),
    "qzsolution": datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=MADRID),
    "qzcomment": datetime(2026, 11, 30, 12, tzinfo=MADRID),
}
"""A word of each text, and when it was written."""
ENDS = sorted(set(map(six_months_on, WRITTEN.values())))
JUST_BEFORE = timedelta(milliseconds=-1)


@pytest.fixture
def incident(web: Web, desk: OperatorsApi) -> dict[str, str]:
    """Reference and code of an incident in which people have written all that."""

    def at(word: str) -> None:
        web.now = WRITTEN[word].astimezone(UTC)
        web.monkeypatch.setattr(clock, "now", lambda: web.now)

    at("qzdescription")
    typed = {"description": "No funciona: qzdescription", "error.message": "Surt qzerror"}
    reference = web.submit(category="payment", **typed)
    at("qzmessage")
    keyed = {"reference": reference, "idempotency_key": OTHER_KEY}
    assert web.post("reply", keyed | {"body": "Encara: qzmessage"}).status == 303
    opened_with = {"reference": reference, "access_code": web.code}
    at("qznote")
    for act, body in {"claim": "", "notes": "És qznote", "resolve": "Ara: qzsolution"}.items():
        content = {"body": body} if body else {}
        assert desk.on(act, content, reference=reference)[0] in {200, 201}
    at("qzcomment")
    assert web.post("track", opened_with).status == 303
    rating = {"reference": reference, "score": "5", "comment": "Gràcies, qzcomment"}
    assert web.post("rate", rating).status == 303
    return opened_with


def reads(web: Web, desk: OperatorsApi, incident: dict[str, str]) -> dict[str, str]:
    """What each read of the incident shows."""
    reference, code = incident.values()
    address = f"/v1/incidents/{reference}"
    by_code = asked("GET", address, query=None, Authorization=f"Bearer {code}")
    web.cookie = None
    web.post("track", incident)
    shown: dict[str, Any] = {
        "API": answered(web.load("track_incident"), by_code),
        "page": web.get("track").body,
        "export": web.get("export").body,
        "desk": desk.on(reference=reference),
    }
    return {read: json.dumps(answer) for read, answer in shown.items()}


@pytest.mark.parametrize(
    "moment", [each for end in ENDS for each in (end + JUST_BEFORE, end)], ids=str
)
def test_every_read_shows_what_is_kept_and_nothing_else(
    web: Web, desk: OperatorsApi, incident: dict[str, str], moment: datetime
) -> None:
    web.now = moment.astimezone(UTC)
    kept = {word for word, written in WRITTEN.items() if moment < six_months_on(written)}
    found = {
        read: {word for word in WRITTEN if word in text}
        for read, text in reads(web, desk, incident).items()
    }
    for_citizen = kept - {"qznote"}
    assert found["API"] == found["page"] == for_citizen
    assert found["desk"] == kept
    assert for_citizen <= found["export"] <= kept


def test_ends_are_the_last_moments_of_six_calendar_months_in_madrid() -> None:
    assert [str(end) for end in ENDS] == [
        "2027-03-01 00:00:00+01:00",
        "2027-03-02 00:00:00+01:00",
        "2027-04-26 00:00:00+02:00",
        "2027-05-31 00:00:00+02:00",
    ]
