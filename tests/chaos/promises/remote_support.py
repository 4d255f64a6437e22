"""What must hold of consents and of remote sessions, whatever fails.

What somebody is shown is compared with how things were when they asked and when they were answered:
nobody is shown what was over at both moments.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.chaos.expressions import Item
from tests.chaos.ledger import value
from tests.chaos.other_browsers import Screen
from tests.support.six_months import six_months_on

if TYPE_CHECKING:
    from tests.chaos.town import Case, Town

KEPT_FOR = timedelta(hours=2)
OF_A_DESCRIPTION = ("oferta", "torna", "a=candidate", "ice-ufrag")
"""What only the description of a connection has."""


@dataclass(frozen=True)
class Standing:
    """How things are with the remote session of an incident.

    invitation: how many there have been, this one included. operator, team: who invited. holder:
    who has the incident. consents: the entries of those in force, by scope. agreed, asked: the
    entries of those on which the session rests.
    """

    invitation: int
    operator: str
    team: str
    is_ended: bool
    holder: str | None
    incident_team: str
    status: str
    consents: dict[str, str]
    agreed: str | None
    asked: str | None
    is_accepted: bool

    @property
    def is_over(self) -> bool:
        """Whether nobody may be shown anything in it any more."""
        is_withdrawn = self.agreed is not None and self.consents.get("view") != self.agreed
        is_theirs = self.holder == self.operator and self.incident_team == self.team
        return self.is_ended or is_withdrawn or not is_theirs or self.status == "resolved"

    @property
    def has_control(self) -> bool:
        """Whether the citizen asks for it, and the operator has accepted."""
        is_asked = self.asked is not None and self.consents.get("control") == self.asked
        return is_asked and self.is_accepted and not self.is_over


def standing(town: "Town", reference: str) -> Standing | None:
    """How things are now; None if the incident has no session, or is gone."""
    tables = town.world.aws.dynamodb.tables
    incident = tables["Register"].items.get((reference, "incident"))
    session = tables["RemoteSessions"].items.get(("sessions", reference))
    account = town.ledger.accounts.get(reference)
    if incident is None or account is None or account.is_gone:
        return None
    latest = account.invitations[-1] if account.invitations else None
    given = incident.get("consents", {}).get("M", {})
    return Standing(
        invitation=len(account.invitations),
        operator=latest.operator if latest else "",
        team=latest.operator.partition("-")[2] if latest else "",
        is_ended=latest is None or latest.ended_at is not None,
        holder=account.holder.now,
        incident_team=account.team.now,
        status=incident["status"]["S"],
        consents={scope: each["M"]["record"]["S"] for scope, each in given.items()},
        agreed=value(session, "consent") if session else None,
        asked=value(session, "control_consent") if session else None,
        is_accepted=latest is not None and latest.control_accepted,
    )


def shown_to_citizen(
    screen: Screen, told: dict[str, Any], before: Standing | None, after: Standing | None
) -> list[str]:
    """What the citizen's page is told of a session that is over, or of another one."""
    wrong = []
    shown = [name for name in ("answer", "control") if told[name]]
    is_other = _both(before, after, lambda each: each.invitation != screen.invitation)
    if is_other and told["state"] != "ended":
        wrong.append(f"{screen.marker}: a session that was replaced is {told['state']}")
    if shown and _is_over(before, after):
        wrong.append(f"{screen.marker}: its page is told {shown} of a session that is over")
    return wrong


def shown_to_operator(
    marker: str,
    operator: str,
    told: dict[str, Any],
    before: Standing | None,
    after: Standing | None,
) -> list[str]:
    """What an operator is told of a session that is over, or of a colleague's."""
    wrong = []
    shown = [name for name in ("offer", "control", "tool", "join_code") if told[name]]
    if shown and _is_over(before, after):
        wrong.append(f"{marker}: {operator} is told {shown} of a session that is over")
    if shown and _both(before, after, lambda each: each.operator != operator):
        wrong.append(f"{marker}: {operator} is told {shown} of a colleague's session")
    if told["tool"] and _both(before, after, lambda each: not each.has_control):
        wrong.append(f"{marker}: {operator} gets the tool, and the citizen does not ask for it")
    return wrong


def told_permissions(
    marker: str,
    team: str,
    told: dict[str, Any],
    before: Standing | None,
    after: Standing | None,
) -> list[str]:
    """What an external tool is told that an operator may do, and the citizen has not agreed to."""
    wrong = []
    is_over = _is_over(before, after)
    if told["view"] and (is_over or _both(before, after, lambda each: each.team != team)):
        wrong.append(f"{marker}: {team} may view, and may not")
    if told["view"] and _both(before, after, lambda each: "view" not in each.consents):
        wrong.append(f"{marker}: {team} may view, and nobody has agreed")
    if told["control"] and _both(before, after, lambda each: not each.has_control):
        wrong.append(f"{marker}: {team} may control, and may not")
    return wrong


def _is_over(before: Standing | None, after: Standing | None) -> bool:
    return _both(before, after, lambda each: each.is_over)


def _both(before: Standing | None, after: Standing | None, is_so: Any) -> bool:
    """Whether it was so before and after; of another session than before, nothing can be said."""
    if before is None or after is None:
        return before is after
    return before.invitation == after.invitation and is_so(before) and is_so(after)


def judge(town: "Town") -> list[str]:
    """What of it was not kept, in one sentence each."""
    return [
        *(each for case in town.cases for each in _of_consents(town, case)),
        *_of_sessions(town),
        *_of_descriptions(town),
    ]


def _of_consents(town: "Town", case: "Case") -> list[str]:
    account = town.account(case)
    if case.erased_at or account is None or account.is_gone:
        return []
    items = town.world.aws.dynamodb.items("Register")
    entries = [
        item
        for item in items
        if item["kind"]["S"] == "consent" and item["reference"]["S"] == case.reference
    ]
    recorded = {(_record(item), item["content"]["M"]["action"]["S"]) for item in entries}
    wrong = [
        f"{case.marker}: the {action} of {scope} was confirmed, and is not in the register"
        for scope, action, record, at in case.told.get("consents", ())
        if town.world.now < six_months_on(at) and (record, action) not in recorded
    ]
    ended = {record for record, action in recorded if action == "withdraw"}
    given = account.item.get("consents", {}).get("M", {})
    for scope, each in given.items():
        record = each["M"]["record"]["S"]
        if record in ended:
            wrong.append(f"{case.marker}: {scope} was taken back, and is in force")
        if (record, "grant") not in recorded:
            wrong.append(f"{case.marker}: {scope} is in force, and nobody has agreed to it")
    if "control" in given and "view" not in given:
        wrong.append(f"{case.marker}: control without view")
    if given and value(account.item, "status") == "resolved":
        wrong.append(f"{case.marker}: resolved, and {sorted(given)} in force")
    return wrong


def _record(item: Item) -> str:
    """The entry that records a consent: a grant is it, an end names it."""
    return value(item["content"]["M"], "record") or item["entry"]["S"]


def _of_sessions(town: "Town") -> list[str]:
    wrong = []
    for reference, account in town.ledger.accounts.items():
        last = len(account.invitations) - 1
        for number, each in enumerate(account.invitations):
            if each.ended_at or account.is_gone:
                continue
            # where the watcher was away for all of the two hours, nothing is left to be ended
            if each.at + KEPT_FOR > town.calm_at:
                wrong.append(f"{reference}: a session of {each.at} never ended")
            elif number < last and account.invitations[number + 1].at < each.at + KEPT_FOR:
                wrong.append(f"{reference}: two sessions at a time, from {each.at}")
    return wrong


def _of_descriptions(town: "Town") -> list[str]:
    wrong = []
    for name in town.world.aws.dynamodb.tables:
        text = json.dumps(list(town.world.aws.dynamodb.items(name)))
        if name != "RemoteSessions":
            wrong += [f"{name} has {each}" for each in OF_A_DESCRIPTION if each in text]
    for item in town.world.aws.dynamodb.items("RemoteSessions"):
        account = town.ledger.accounts.get(item["item"]["S"])
        if "sdp" in item and account and account.invitations and account.invitations[-1].ended_at:
            wrong.append(f"{item['item']['S']}: a description outlives its session")
    return wrong
