"""What the roles of a deployed service may do, and what of it they did, over several processes.

Each process of the end-to-end tests has a service of its own, and records it when its tests are
over. A grant is known by its role and its place in the role's policies.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from local import ROOT
from local.embedded_aws import EmbeddedAws
from tests.support.personal_data import ask

FOLDER = ROOT / ".local/permissions"
_LOGICAL_ID = re.compile(r"-(\w+?Role)-\w+$")


@dataclass(frozen=True)
class Permissions:
    """Of one role: each grant (`sqs:SendMessage on arn:…`), in order, and whether it was used."""

    role: str
    grants: list[tuple[str, bool]]
    refused: list[str]


def forget() -> None:
    """Forgets what earlier tests have recorded."""
    for record in FOLDER.glob("*.json"):
        record.unlink()


def record(aws: EmbeddedAws, process: str) -> None:
    """Records what the roles of this process's service have done."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{process}.json").write_text(json.dumps(ask(aws, "permissions")))


def recorded() -> list[Permissions]:
    """Of every role what any process has recorded, by the role's logical id."""
    roles: dict[str, Permissions] = {}
    for each in _of_processes():
        before = roles.get(
            each.role, Permissions(each.role, [(g, False) for g, _ in each.grants], [])
        )
        assert len(before.grants) == len(each.grants), f"{each.role} differs between the processes"
        roles[each.role] = Permissions(
            role=each.role,
            grants=[
                (grant, used or used_before)
                for (grant, used), (_, used_before) in zip(each.grants, before.grants, strict=True)
            ],
            refused=sorted({*before.refused, *each.refused}),
        )
    return list(roles.values())


def _of_processes() -> Iterator[Permissions]:
    for record in FOLDER.glob("*.json"):
        for name, told in json.loads(record.read_text()).items():
            if of_the_stack := _LOGICAL_ID.search(name):
                grants = [
                    (f"{each['action']} on {each['resource']}", each["used"])
                    for each in told["grants"]
                ]
                yield Permissions(of_the_stack[1], grants, told["refused"])
