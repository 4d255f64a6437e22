"""What must hold of citizens' files, judged by the store and the register's items."""

import json
from datetime import timedelta

from tests.chaos.expressions import Item
from tests.chaos.promises.rights import is_erased
from tests.chaos.town import Attached, Case, Town

ERASED = {"infected", "replaced", "removed", "lost"}
"""The states of files that are in the register, and not in the store."""

OPENABLE = {"clean", "unscanned"}
"""The states of files that somebody may open."""
CHECKED_FOR = timedelta(days=5)
"""How long the service goes on to check a file, each night at the latest (docs/privacy.md)."""
MESSAGES_LAST = timedelta(days=4)
"""How long a message about a file waits, also among those that failed (docs/privacy.md)."""


def judge(town: Town) -> list[str]:
    """Every promise about files that is not kept, in one sentence each; a day after an audit."""
    return [
        *_of_the_store(town),
        *(
            each
            for case in town.cases
            for file in case.files
            for each in _of_file(town, case, file)
        ),
    ]


def need_a_night(town: Town) -> bool:
    """Whether only a night can mend what the store has, because messages about a file were lost."""
    return any(
        file.key in town.world.aws.files and _is_unheard_of(town, file)
        for case in town.cases
        for file in case.files
    )


def _of_the_store(town: Town) -> list[str]:
    """That each file in the store is listed by its own incident, and by no other."""
    wrong = []
    for key, stored in town.world.aws.files.items():
        reference, _, name = key.partition("/")
        listed = _files_of(town, reference).get(name)
        if listed is None:
            wrong.append(f"{key}: lies in the store, and no incident has it")
        elif listed["M"]["state"]["S"] in ERASED - {"lost"}:  # by the next night's audit
            wrong.append(f"{key}: is {listed['M']['state']['S']}, and still lies in the store")
        owner = next(each.marker for each in town.cases if each.reference == reference)
        if owner.encode() not in stored.content:
            wrong.append(f"{key}: is a file of another than {owner}")
    return wrong


def _of_file(town: Town, case: Case, file: Attached) -> list[str]:
    wrong = []
    in_store = town.world.aws.files.get(file.key)
    is_there = in_store is not None and in_store.content == file.content
    listed = _files_of(town, case.reference).get(file.id)
    if is_there and not file.fits:
        wrong.append(f"{file.key}: does not fit, and lies in the store")
    if is_there and (file.removed or (file.infected and not _is_unheard_of(town, file))):
        wrong.append(f"{file.key}: is infected or removed, and lies in the store")
    if is_there and file.infected and listed and listed["M"]["state"]["S"] in OPENABLE:
        wrong.append(f"{file.key}: is infected, and may be opened")
    if listed is not None and not is_there and listed["M"]["state"]["S"] not in ERASED:
        version = listed["M"]["version"]["S"]
        if in_store is None or version not in in_store.etag:
            wrong.append(f"{file.key}: is in the register, and not in the store")
    is_gone = is_erased(town, case) or case.reference not in _references(town)
    is_gone = is_gone or any(file.at <= gap < file.at + CHECKED_FOR for gap in town.gaps)
    if file.received and listed is None and not is_gone and not _is_refused(town, case, file):
        wrong.append(f"{file.key}: was received, and the register knows nothing of it")
    return wrong


def _is_unheard_of(town: Town, file: Attached) -> bool:
    """Whether a message about the file may have been lost: nobody took it in time, or it failed."""
    is_too_old = any(file.at <= gap < file.at + MESSAGES_LAST for gap in town.gaps)
    set_aside = town.world.queue("ArrivalsQueue").dead
    return is_too_old or any(file.key in each.body for each in set_aside)


def _is_refused(town: Town, case: Case, file: Attached) -> bool:
    """Whether the history says why the incident does not have the file."""
    return any(
        item["reference"]["S"] == case.reference and file.id in json.dumps(item.get("content", {}))
        for item in town.world.aws.dynamodb.items("Register")
    )


def _files_of(town: Town, reference: str) -> Item:
    item = town.world.aws.dynamodb.tables["Register"].items.get((reference, "incident"), {})
    files: Item = item.get("files", {"M": {}})["M"]
    return files


def _references(town: Town) -> set[str]:
    return {item["reference"]["S"] for item in town.world.aws.dynamodb.items("Register")}
