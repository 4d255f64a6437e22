"""Six months, end to end: what people wrote vanishes at its own midnight, and then it is nowhere.

The clock of the whole embedded AWS moves. At each end the test looks five minutes before and one
second after, at every read, and then waits until the register and the store have erased it, too.
The embedded AWS has no lifecycle of buckets; tests/template holds that net.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from suport.domain.legal_time import MADRID
from tests.support import personal_data
from tests.support.journey import Journey, Text
from tests.support.patience import await_truth
from tests.support.personal_data import MAILBOX
from tests.support.service import Answer
from tests.support.six_months import six_months_on
from tests.support.time_travel import TimeTravel, time_travel

BEFORE, AFTER = timedelta(minutes=-5), timedelta(seconds=1)
KEPT_BY_QUEUES = timedelta(days=14)
ERASABLE = ("dynamodb _tables", "s3 ")
"""The stores from which an entry goes at its end; the table's stream keeps it for another day."""


def test_what_people_wrote_vanishes_at_its_own_midnight_and_then_is_nowhere(
    tmp_path: Path,
) -> None:
    with time_travel(in_madrid(8, 31, "11:00"), tmp_path) as travel:
        service = travel.service
        quiet = service.submitted(category="payment", error={"code": "190"})["reference"]
        journey = lived(travel)
        ends = sorted({text.end for text in journey.texts})
        assert [end.date().isoformat() for end in ends] == [
            *("2027-03-01", "2027-03-02", "2027-04-26", "2027-05-01", "2027-05-04")
        ]
        where = personal_data.found(journey.seeded, personal_data.stored(service.aws))
        assert where.keys() == journey.seeded.keys(), "the search misses what is there"
        assert where["code"] == {MAILBOX}
        for end in ends:
            for moment in (end + BEFORE, end + AFTER):
                go(travel, journey, moment)
                expect_what_is_kept_and_nothing_else(journey)
                expect_the_open_one_is_listed(journey, quiet, ends[0])
            expect_erasure(travel, journey)
        go(travel, journey, ends[-1] + KEPT_BY_QUEUES + timedelta(days=1))
        await_truth(lambda: left_anywhere(journey) == {})  # the stream forgets once it is read
    saved = personal_data.files(tmp_path)
    assert "state files" in saved
    assert personal_data.found(journey.seeded, saved) == {}


def left_anywhere(journey: Journey) -> dict[str, set[str]]:
    """Which of the seeded values are where, apart from the citizen's own mailbox."""
    stored = personal_data.stored(journey.service.aws)
    del stored[MAILBOX]
    return personal_data.found(journey.seeded, stored)


def in_madrid(month: int, day: int, time: str) -> datetime:
    """A moment of 2026."""
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{time}").replace(tzinfo=MADRID)


def go(travel: TimeTravel, journey: Journey, moment: datetime) -> None:
    travel.to(moment)
    journey.now = moment.astimezone(UTC)


def lived(travel: TimeTravel) -> Journey:
    """The incident, after all that people did with it from August to November."""
    journey = Journey(travel.service)
    go(travel, journey, in_madrid(8, 31, "12:00"))
    journey.submit()
    journey.add_file()
    journey.agree()
    go(travel, journey, in_madrid(8, 31, "23:55"))
    journey.write("Encara falla, just abans de mitjanit")
    go(travel, journey, in_madrid(9, 1, "00:00"))
    journey.write("I després")
    go(travel, journey, in_madrid(9, 1, "09:00"))
    journey.work("claim")
    journey.work("notes", body=journey.text("Nota interna", hidden_from=("API", "page")))
    journey.work("messages", body=journey.text("Proveu-ho amb un altre navegador"))
    go(travel, journey, datetime(2026, 10, 25, 0, 55, tzinfo=UTC))  # at 3:00 it is 2:00 again
    journey.write("Quan canvia l’hora, tampoc")
    go(travel, journey, in_madrid(10, 31, "23:50"))
    journey.work("claim")
    journey.work("resolve", body=journey.text("Ara ja hauria de funcionar"))
    go(travel, journey, in_madrid(11, 3, "10:00"))
    journey.rate("Gràcies")
    return journey


def expect_what_is_kept_and_nothing_else(journey: Journey) -> None:
    """Looks at every read of the incident."""
    stored_before = kept_entries(journey)
    citizen, operator = journey.at_home(), journey.at_the_desk()
    api = journey.service.get(journey.address, journey.code)
    desk = operator.on(journey.reference)
    page, export = citizen.get("track"), citizen.get("export")
    kept = {text for text in journey.texts if journey.now < text.end}
    for read, answer in {"API": api, "page": page, "desk": desk}.items():
        shown = {text for text in kept if read not in text.hidden_from}
        assert texts_in(answer, journey) == shown, read
    assert texts_in(api, journey) <= texts_in(export, journey) <= kept
    if journey.now >= journey.end:
        assert {api.status, desk.status} == {404}
        return
    files = 1 if journey.now < journey.file_end else 0
    assert [len(answer.json()["files"]) for answer in (api, desk)] == [files, files]
    entries = {entry["entry"] for entry in desk.json()["history"]}
    assert stored_before <= entries <= kept_entries(journey)  # the service may add some meanwhile


def texts_in(answer: Answer, journey: Journey) -> set[Text]:
    return {text for text in journey.texts if text.mark in answer.text}


def kept_entries(journey: Journey) -> set[str]:
    """The entries in the register whose six months are not over."""
    return {
        item["entry"]
        for item in journey.service.items(journey.reference)
        if item["kind"] != "incident"
        and journey.now < six_months_on(datetime.fromisoformat(item["recorded_at"]))
    }


def expect_the_open_one_is_listed(journey: Journey, reference: str, end: datetime) -> None:
    """The list and the figures of the team, which come from indexes."""
    operator = journey.at_the_desk()
    incidents = operator.request("GET", "/incidents").json()["incidents"]
    figures = operator.request("GET", "/stats").json()
    there = [reference] if journey.now < end else []
    assert ([each["reference"] for each in incidents], figures["open"]) == (there, len(there))


def expect_erasure(travel: TimeTravel, journey: Journey) -> None:
    """Waits until what has ended has left the register and the store, and nothing else has."""
    kept = {text.words for text in journey.texts if journey.now < text.end}
    kept |= {"file"} if journey.now < journey.file_end else set()
    kept |= set(journey.contact) if journey.now < journey.end else set()
    travel.watch()
    travel.service.aws.expire()

    def left() -> set[str]:
        stored = personal_data.stored(travel.service.aws)
        erasable = {name: each for name, each in stored.items() if name.startswith(ERASABLE)}
        return set(personal_data.found(journey.seeded, erasable))

    await_truth(lambda: left() <= kept)
    assert left() == kept
