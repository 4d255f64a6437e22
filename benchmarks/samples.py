"""Events for every function, as they would come today, and the incidents that they are about."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from benchmarks.stand_in import StandIn
from suport.desk.sessions import DeskSessions
from suport.domain.access_code import access_code_for
from suport.domain.category import Category
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.register.register import Register
from suport.web.desk.session_cookie import COOKIE
from tests.chaos.event_sources import StreamConsumer, _message
from tests.support import package_data, template
from tests.support.built_service import SECRET, BuiltService
from tests.support.sample_events import Event, sample, sent, with_body, with_headers
from tests.support.todays_events import of_today


class Samples:
    """Makes events that the functions answer, and what these are about."""

    def __init__(self, account: StandIn, service: BuiltService) -> None:
        self.account, self.service = account, service
        self.register = Register(account.dynamodb, account.known["Register"])
        sessions = DeskSessions(account.dynamodb, account.known["DeskTable"])
        operator = Operator("anna.ferrer", (Category.PAYMENT,))
        self._session = sessions.begin(operator, datetime.now(UTC))
        self._citizen: dict[str, str] = json.loads(sent(sample("submit_incident.json")))["contact"]

    @classmethod
    @contextmanager
    def ready(cls, account: StandIn) -> Iterator[Self]:
        """With the incident of the samples in the register."""
        package_data.build()
        with ExitStack() as running:
            service = BuiltService(account, running)
            service.answer("submit_incident.json", sample("submit_incident.json"))
            yield cls(account, service)

    def function(self, name: str) -> str:
        """The logical id of the function that a sample is for."""
        return template.EVENTS[name][0]

    def events(self, name: str) -> Callable[[], Event]:
        """What makes the events of that kind; one is enough where it changes nothing."""
        if sample(name).get("httpMethod") == "GET" and not name.startswith("work_incident."):
            only = self.event(name)
            return lambda: only
        return lambda: self.event(name)

    def event(self, name: str) -> Event:  # noqa: PLR0911  one for each kind
        """An event of that kind, about an incident of its own if it changes one."""
        match name:
            case "submit_incident.json":
                event = with_headers(sample(name), {"Idempotency-Key": secrets.token_hex()})
                body = json.loads(sent(event)) | {"contact": self._other_citizen()}
                return with_body(event, json.dumps(body))
            case "submit_incident.form":
                fields = dict(parse_qsl(sent(sample(name))))
                fields |= {"idempotency_key": secrets.token_hex(), "contact.email": _own_address()}
                return with_body(sample(name), urlencode(fields))
            case "route_incident.stream" | "index_incidents.stream":
                self.submitted()
                return {"Records": self.on_stream(name.partition(".")[0])[-1:]}
            case "track_incident.message":
                return self._own_message()
            case "show_desk.page":
                return with_headers(sample(name), {"Cookie": f"{COOKIE}={self._session}"})
            case "notify_citizen.mail":
                reference = self.submitted()
                return self._about(reference, sample(name))
            case _:
                return of_today(name, self.service)

    def submitted(self, **changes: Any) -> Reference:
        """A new incident; what else it brought onto the stream before is forgotten."""
        self.account.changes.clear()
        told = {"contact": self._other_citizen()} | changes
        return Reference(self.service.submit(secrets.token_hex(), **told)["reference"])

    def _own_message(self) -> Event:
        """A message to an incident of its own: one incident takes few of them a day."""
        reference = self.submitted()
        code = access_code_for(SECRET.encode(), reference)
        written = self._about(reference, sample("track_incident.message"))
        return with_headers(written, {"Authorization": f"Bearer {code}"})

    def on_stream(self, function: str) -> list[Event]:
        """The records of the register's stream that a function gets, of all changes since."""
        [stated] = [
            each["Properties"]
            for logical_id, it in template.FUNCTIONS.items()
            for each in it["Events"].values()
            if each["Type"] == "DynamoDB" and template.snake(logical_id) == function
        ]
        consumer = StreamConsumer(function, stated | {"ParallelizationFactor": 1})
        for number, written in enumerate(self.account.changes):
            consumer.take(written, number + 1)
        return [record.event for record in consumer.lanes[0].waiting]

    def mails_asked_for(self) -> list[Event]:
        """The messages in the mail queue, each as its function gets it; they leave the queue."""
        queue = self.account.aws.queues["MailQueue"]
        waiting, queue.messages = queue.messages, []
        return [_message(queue, each.id, each.body, 1) for each in waiting]

    def _other_citizen(self) -> dict[str, str]:
        return self._citizen | {"email": _own_address()}

    @staticmethod
    def _about(reference: str, event: Event) -> Event:
        own = sample("route_incident.stream")["Records"][0]["dynamodb"]["Keys"]["reference"]["S"]
        moved: Event = json.loads(json.dumps(event).replace(own, reference))
        return moved


def _own_address() -> str:
    """The address of one more citizen: few mails within an hour go to the same one."""
    return f"aina.{secrets.token_hex(4)}@correu.test"
