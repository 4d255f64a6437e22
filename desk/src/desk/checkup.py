"""What `desk doctor` looks at, in the order in which one thing needs another.

Each check says in a sentence that something is well, or what to mend. One that needs something that
is still to be mended waits for it. No sentence holds a key, a code or an account's number: people
paste them into tickets.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from desk.errors import NotAllowed, Refused, Trouble
from desk.queue.team_queue import TeamQueue
from desk.service import clock
from desk.service.api import Api
from desk.service.aws import ROLE_SESSION, USER, Answer, Aws, name_in
from desk.service.error_messages import NO_QUEUE
from desk.service_vocabulary import PROBLEM_TYPE, Problem
from desk.settings import DATA_PROTECTION, Access, Settings, host_of, role_output

_ANYWHERE = "eu-west-1"  # to ask AWS who somebody is while no region is set
_NO_REFERENCE = "none"  # has too few characters: no incident is called so
_IDENTITY_CENTER = "AWSReservedSSO_"
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b")


class Verdict(StrEnum):
    WELL = "ok"
    MEND = "mend"
    WAITS = "waits"


class Check(StrEnum):
    SETTINGS = "Settings"
    SERVICE = "Service"
    CLOCK = "Clock"
    REGION = "Region"
    SIGN_IN = "Sign-in"
    ROLE = "Role"
    QUEUE = "Queue"
    DESK = "Desk"


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    check: Check
    verdict: Verdict
    text: str


class _Mend(Exception):
    """Something to mend; the text says what."""


class _Waits(Exception):
    """Something else is to be mended first; the text names it."""


@dataclass
class Checkup:
    """The checks of one desk. load: its settings; raises Misused. whence: where they come from."""

    load: Callable[[], Access]
    whence: str
    connect: Callable[[Access], Aws] = lambda access: Aws(access, afresh=True)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _access: Access | None = None
    _team: Aws | None = None
    _answer: Answer | None = None
    _own_arn: str = ""
    _found: dict[Check, Verdict] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """What each check found, one by one: some take a while."""
        for check, needs, look in (
            (Check.SETTINGS, (), self._settings),
            (Check.SERVICE, (Check.SETTINGS,), self._service),
            (Check.CLOCK, (Check.SETTINGS,), self._clock),
            (Check.REGION, (Check.SETTINGS,), self._region),
            (Check.SIGN_IN, (), self._sign_in),
            (Check.ROLE, (Check.SETTINGS, Check.SIGN_IN), self._role),
            (Check.QUEUE, (Check.REGION, Check.ROLE), self._queue),
            (Check.DESK, (Check.SERVICE, Check.REGION, Check.ROLE), self._desk),
        ):
            finding = self._finding(check, needs, look)
            self._found[check] = finding.verdict
            yield finding

    def _finding(self, check: Check, needs: tuple[Check, ...], look: Callable[[], str]) -> Finding:
        try:
            if missing := [each for each in needs if self._found[each] is not Verdict.WELL]:
                raise _Waits(", ".join(missing))
            return Finding(check, Verdict.WELL, _without_secrets(look()))
        except _Waits as first:
            return Finding(check, Verdict.WAITS, f"Waits for: {first}.")
        except (_Mend, Trouble) as wrong:
            return Finding(check, Verdict.MEND, _without_secrets(str(wrong)))

    # One by one

    def _settings(self) -> str:
        self._access = access = self.load()
        whom = access.team if isinstance(access, Settings) else "data protection"
        name = ""
        if access.operator and access.role_arn:
            name = f", under the name {access.operator}"
        found = f"They come from {self.whence}; you work for {whom}{name}."
        if access.unread:
            return f"{found} The desk does not know: {', '.join(access.unread)}."
        return found

    def _service(self) -> str:
        api_url = self._settled.api_url
        host = host_of(api_url)
        try:
            asked = f"{api_url}/v1/contact?from=balearic-islands"
            self._answer = answer = self._as_anybody.asked(asked)
        except Trouble as trouble:
            raise _Mend(
                f"{host} does not answer: check the connection, and that api_url is the output"
                " ApiUrl of the stack."
            ) from trouble
        told = _object(answer.body)
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and PROBLEM_TYPE in str(told):
            raise _Mend(
                f"The service cannot answer at the moment ({answer.status}): try again in a minute,"
                " and then tell those who operate it."
            )
        if "dial" not in told:
            raise _Mend(
                f"Something else answers at {self._settled.api_url} ({answer.status}): api_url must"
                " be the output ApiUrl of the stack, to its last word."
            )
        return f"{host} answers."

    def _clock(self) -> str:
        date = self._answer.date if self._answer else None
        if clock.stated_moment(date) is None:
            raise _Waits(Check.SERVICE)
        if wrong := clock.fault(date, self.now()):
            raise _Mend(wrong)
        return "This computer's clock is right."

    def _region(self) -> str:
        region = self._settled.region
        if not self._settled.aws and region not in self._as_anybody.regions():
            raise _Mend(f"AWS has no region {region}: set region to that of the stack.")
        for setting, url in self._addresses():
            stated = re.search(r"(?:execute-api|sqs)\.([a-z]{2}[a-z-]*-\d)\.", url)
            if stated and stated[1] != region:
                raise _Mend(
                    f"The region is {region}, but {setting} is in {stated[1]}: correct the wrong"
                    " one of the two."
                )
        return f"{region}."

    def _sign_in(self) -> str:
        if self._found[Check.CLOCK] is Verdict.MEND:
            raise _Waits(Check.CLOCK)
        access = self._access or Access(api_url="", region=_ANYWHERE)
        self._own_arn = self.connect(replace(access, role_arn=None)).caller()
        return f"AWS knows you as {_who(self._own_arn)}."

    def _role(self) -> str:
        access = self._settled
        if access.role_arn is None:
            if not ROLE_SESSION.fullmatch(self._own_arn) or _IDENTITY_CENTER in self._own_arn:
                whose = "team's role" if isinstance(access, Settings) else "role of data protection"
                raise _Mend(
                    f"You are in no {whose}: set role_arn to the output {_role_output(access)} of"
                    f" the stack{_under(access)}."
                )
            return f"You act as {_who(self._own_arn)}."
        try:
            return f"You act as {_who(self._as_team.caller())}."
        except Trouble as trouble:
            if _code(trouble) == "AccessDenied":
                raise _Mend(self._why_no_session()) from trouble
            raise

    def _why_no_session(self) -> str:
        own, asked = name_in(self._own_arn), self._settled.operator
        if own and asked and own != asked:
            return (
                f"The role lets you act under your own name only: leave out operator, or set"
                f" it to {own}, not {asked}."
            )
        if USER.fullmatch(self._own_arn):
            return (
                "The role does not let you in: it may ask for your second factor, which a profile"
                " with mfa_serial gives (docs/operators.md); else ask those who keep the roles"
                " whether it is yours."
            )
        return (
            "The role does not let you in: ask those who keep the roles whether your sign-in leads"
            f" to it, and compare role_arn with the output {_role_output(self._settled)} of the"
            " stack."
        )

    def _queue(self) -> str:
        access = self._settled
        if not isinstance(access, Settings):
            return "Data protection has none."
        team_queue = self._queue_at("queue_url", access.queue_url)
        depth = self._asked("queue_url", team_queue.depth)
        set_aside = self._asked("queue_url", team_queue.dead_letter_arn)
        if set_aside is None:
            raise _Mend(
                f"queue_url is a dead-letter queue, or no team's. {_copy('queue_url', access)}"
            )
        found = f"{depth.waiting} messages wait, {depth.held} are with operators"
        if access.dead_letter_queue_url is None:
            return f"{found}. dead_letter_queue_url is not set: desk dead-letters needs it."
        dead = self._queue_at("dead_letter_queue_url", access.dead_letter_queue_url)
        account_and_name = urlsplit(access.dead_letter_queue_url).path.split("/")[-2:]
        if set_aside.split(":")[-2:] != account_and_name:
            raise _Mend(
                "dead_letter_queue_url is not the dead-letter queue of the queue at queue_url."
                f" {_copy('dead_letter_queue_url', access)}"
            )
        waiting = self._asked("dead_letter_queue_url", dead.depth).waiting
        return f"{found}, {waiting} in the dead-letter queue."

    def _queue_at(self, setting: str, url: str) -> TeamQueue:
        if host_of(url) is None:
            raise _Mend(
                f"{setting} is no address of the web: {url}. {_copy(setting, self._settled)}"
            )
        return TeamQueue(self._as_team.sqs(), url)

    def _asked[T](self, setting: str, ask: Callable[[], T]) -> T:
        """What the queue of that setting answers."""
        try:
            return ask()
        except Trouble as trouble:
            code = _code(trouble)
            if any(known in code for known in NO_QUEUE):
                raise _Mend(
                    f"There is no queue at {setting}. {_copy(setting, self._settled)}"
                ) from trouble
            if "AccessDenied" in code:
                raise _Mend(
                    f"Your role may not see the queue at {setting}: it is mistyped, or it or"
                    f" role_arn is another team's. {_copy(setting, self._settled)}"
                ) from trouble
            raise

    def _desk(self) -> str:
        access = self._settled
        api = Api(access.api_url, self._as_team)
        try:
            if not isinstance(access, Settings):
                _ask_as_an_officer(api)
                return "The service answers you as data protection."
            team = api.stats(1)["category"]
        except NotAllowed as refused:
            # The sign-in and the clock are well: what API Gateway refuses is the role.
            raise _Mend(_not_this_role(access)) from refused
        except Refused as refused:
            if refused.name in {Problem.NO_TEAM, Problem.NOT_DATA_PROTECTION}:
                raise _Mend(_not_this_role(access)) from refused
            raise
        if team != access.team:
            raise _Mend(
                f"The service takes you for the team {team}: the role_arn under [{access.team}] is"
                " that of another team."
            )
        return f"The service answers you as the team {team}."

    # What they need

    @property
    def _settled(self) -> Access:
        assert self._access  # a check that needs the settings waits for them
        return self._access

    @property
    def _as_anybody(self) -> Aws:
        return self.connect(replace(self._settled, profile=None, role_arn=None))

    @property
    def _as_team(self) -> Aws:
        if self._team is None:
            self._team = self.connect(self._settled)
        return self._team

    def _addresses(self) -> Iterator[tuple[str, str]]:
        yield "api_url", self._settled.api_url
        if isinstance(self._settled, Settings):
            yield "queue_url", self._settled.queue_url
            yield "dead_letter_queue_url", self._settled.dead_letter_queue_url or ""


def _ask_as_an_officer(api: Api) -> None:
    """Asks what only data protection is told, about no incident: nobody's look is recorded."""
    try:
        api.looks(_NO_REFERENCE)
    except Refused as refused:
        if refused.name != Problem.NOT_FOUND:
            raise


def _not_this_role(access: Access) -> str:
    whom = f"the team {access.team}" if isinstance(access, Settings) else "data protection"
    return (
        f"The service does not take your role for that of {whom}: role_arn must be the output"
        f" {_role_output(access)} of this very stack{_under(access)}."
    )


def _code(trouble: Trouble) -> str:
    """The code by which AWS refused, if it did."""
    cause = trouble.__cause__
    return str(cause.response["Error"].get("Code", "")) if isinstance(cause, ClientError) else ""


def _who(arn: str) -> str:
    if session := ROLE_SESSION.fullmatch(arn):
        return f"{session['name']}, in the role {session['role']}"
    if user := USER.fullmatch(arn):
        return f"{user['name']}, an IAM user"
    return "the account itself"


def _under(access: Access) -> str:
    return f", under [{access.team if isinstance(access, Settings) else DATA_PROTECTION}]"


def _role_output(access: Access) -> str:
    """The output of the stack that is this user's role."""
    return role_output(access.team if isinstance(access, Settings) else DATA_PROTECTION)


_QUEUES = {"queue_url": "QueueUrl", "dead_letter_queue_url": "DeadLetterQueueUrl"}


def _copy(setting: str, access: Access) -> str:
    """Which output of the stack is the address of this queue of the team, and where to write it."""
    team = access.team if isinstance(access, Settings) else ""
    return f"Copy the output {team.title()}{_QUEUES[setting]} of the stack{_under(access)}."


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _without_secrets(text: str) -> str:
    """In one line, without account numbers and access keys, which messages of AWS may name."""
    return _KEY.sub("…", _ACCOUNT.sub("…", " ".join(text.split())))
