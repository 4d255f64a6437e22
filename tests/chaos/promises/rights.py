"""What must hold of erased incidents, of former addresses, and of access codes."""

import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.chaos.aws import Sent
from tests.chaos.browser import code_in
from tests.chaos.expressions import Item
from tests.chaos.ledger import value
from tests.chaos.town import Case, Town
from tests.chaos.world import SECRETS

ON_ITS_WAY = timedelta(minutes=2)
"""How long after an act a mail may still go out that was being sent while it was done."""
TOMBSTONES_LAST = timedelta(days=40)


def judge(town: Town) -> list[str]:
    """Every promise about citizens' rights that is not kept, in one sentence each."""
    return [
        *(each for case in town.cases if is_erased(town, case) for each in _of_erased(town, case)),
        *(each for case in town.cases for each in _of_former_addresses(town, case)),
        *(each for case in town.cases for each in _of_codes(town, case)),
    ]


def is_erased(town: Town, case: Case) -> bool:
    """Whether the incident was erased; where the answer was lost, the register says it."""
    if case.erased_at is None and case.perhaps_erased:
        item = _incident(town, case)
        return item is None or "erased_at" in item
    return case.erased_at is not None


def _of_erased(town: Town, case: Case) -> Iterator[str]:
    """That nothing of an erased incident is anywhere, but what an erasure is meant to leave."""
    for table in town.world.aws.dynamodb.tables.values():
        for item in table.items.values():
            written = json.dumps(item)
            if case.marker in written:
                yield f"{case.marker}: erased, and still in {table.name}"
            elif _names(written, case) and not _is_left(table.name, item, case):
                yield f"{case.marker}: erased, and {table.name} still has {sorted(item)}"
    for key, stored in town.world.aws.files.items():
        if key.startswith(case.reference) or case.marker.encode() in stored.content:
            yield f"{case.marker}: erased, and the store has {key}"
    if case.erased_at:
        yield from _since(town, case, case.erased_at)


def _since(town: Town, case: Case, erased_at: datetime) -> Iterator[str]:
    """That no mail goes out, and the register knows of the erasure."""
    if any(each.at > erased_at + ON_ITS_WAY for each in _mails(town, case)):
        yield f"{case.marker}: erased, and gets a mail"
    if town.world.now > erased_at + TOMBSTONES_LAST:
        return
    if "erased_at" not in (_incident(town, case) or {}):
        yield f"{case.marker}: erased, and the register does not know it"
    named = f"tombstone/{case.reference}".encode()
    digest = hmac.digest(SECRETS["Secret"].encode(), named, "sha256").hex()
    tombstones = town.world.aws.dynamodb.items("Tombstones")
    if not any(
        each["digest"]["S"] == digest and each["what"]["S"] == "erased" for each in tombstones
    ):
        yield f"{case.marker}: erased, and has no tombstone"


def _names(written: str, case: Case) -> bool:
    """Whether an item has the reference, in either way in which tables have it."""
    return case.reference in written or case.reference.replace("-", "") in written


def _is_left(table: str, item: Item, case: Case) -> bool:
    """Whether an item is meant to be left of an erased incident.

    The count of mails to an address names, for an hour, the incidents that they were about. An
    incident of the same citizen that was answered together with it names it.
    """
    match table:
        case "SearchIndex":
            return item["term"] == {"S": f"with/{case.reference}"}
        case "Register" if item["reference"] == {"S": case.reference}:
            return "erased_at" in item or item["kind"] == {"S": "consent"}
        case "Register":
            content = item.get("content", {}).get("M", {})
            led = {value(item, "answered_with"), value(content, "leader")}
            return item["kind"] == {"S": "acknowledgements"} or case.reference in led
    return False


def _of_former_addresses(town: Town, case: Case) -> Iterator[str]:
    for address, left_at in case.former.items():
        later = [
            each for each in _mails(town, case, address) if each.at > left_at - timedelta(hours=1)
        ]
        for mail in later:
            says = case.marker in mail.text or code_in(mail.text, case.reference)
            if says and mail.at > left_at + ON_ITS_WAY:
                yield f"{case.marker}: its former address gets more than the news of that"
        is_told = any(not code_in(each.text, case.reference) for each in later)
        if not is_told and not is_erased(town, case) and not _is_set_aside(town, case):
            yield f"{case.marker}: nobody told the former address"


def _of_codes(town: Town, case: Case) -> Iterator[str]:
    """That no replaced code opens the incident, and that the newest one from a mail does."""
    if not case.replaced:
        return
    for code in case.replaced:
        if _opens(town, case, code):
            yield f"{case.marker}: a replaced access code still opens it"
    item = _incident(town, case)
    if item is None or "erased_at" in item or _is_set_aside(town, case):
        return
    address = item["contact"]["M"].get("email", {"S": ""})["S"]
    codes = [code_in(each.text, case.reference) for each in _mails(town, case, address)]
    known = [code for code in codes if code and code not in case.replaced]
    if address and "mail_trouble" not in item and not (known and _opens(town, case, known[-1])):
        yield f"{case.marker}: no mail brings the new access code"


def _opens(town: Town, case: Case, code: str) -> bool:
    return town.world.request("GET", case.path, Authorization=f"Bearer {code}").ok


def _mails(town: Town, case: Case, address: str | None = None) -> list[Sent]:
    """The mails about the incident: all of them, or those to one address."""
    return [
        each
        for each in town.world.aws.sent
        if each.tags["reference"] == case.reference and address in {None, each.to}
    ]


def _is_set_aside(town: Town, case: Case) -> bool:
    """Whether the history says that a mail was given up."""
    return any(
        item["reference"]["S"] == case.reference and "set_aside" in json.dumps(item)
        for item in town.world.aws.dynamodb.items("Register")
    )


def _incident(town: Town, case: Case) -> Item | None:
    return town.world.aws.dynamodb.tables["Register"].items.get((case.reference, "incident"))
