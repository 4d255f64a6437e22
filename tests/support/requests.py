"""One valid request to every address."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from suport.domain.access_code import access_code_for
from suport.domain.category import Category
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.register.register import Register
from suport.runtime import aws
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import session
from suport.web.remote_cookie import COOKIE
from suport.web.session import Session
from tests.support import session_descriptions
from tests.support.failures import PRIVATE, break_down
from tests.support.forms import FILE
from tests.support.gateway import ACCOUNT, Load, asked
from tests.support.register import a_submission
from tests.support.template import FUNCTIONS, snake

APIS = sorted(
    snake(logical_id)
    for logical_id, function in FUNCTIONS.items()
    if any(event["Type"] == "Api" for event in function["Events"].values())
    and snake(logical_id) != "serve_asset"  # it has its assets with it, and calls nothing
)


KEY = "0123456789abcdef"


TYPED = {
    "category": "functional",
    "description": f"No puc annexar el document. {PRIVATE}.",
    "contact.name": "Xisca",
    "contact.email": "xisca@example.org",
    "idempotency_key": KEY,
}


SUBMISSION = {
    "category": "functional",
    "description": TYPED["description"],
    "contact": {"email": "xisca@example.org"},
}


GRANT = {
    "scope": "view",
    "action": "grant",
    "language": "de",
    "notice_sha256": published_notices.current(Subject.REMOTE_SUPPORT, Language.GERMAN).sha256,
}


JSON_REQUESTS: dict[tuple[str, str, str], Any] = {
    ("submit_incident", "POST", "/v1/incidents"): SUBMISSION,
    ("track_incident", "GET", "/v1/incidents/{reference}"): None,
    ("track_incident", "POST", "/v1/incidents/{reference}/messages"): {"body": PRIVATE},
    ("correct_contact", "PATCH", "/v1/incidents/{reference}/contact"): {"name": PRIVATE},
    ("correct_contact", "POST", "/v1/incidents/{reference}/contact"): {"confirmation": PRIVATE},
    ("track_incident", "GET", "/v1/incidents/{reference}/export"): None,
    ("erase_incident", "DELETE", "/v1/incidents/{reference}"): None,
    ("erase_incident", "POST", "/v1/incidents/{reference}/erasure"): {"confirmation": PRIVATE},
    ("record_consent", "POST", "/v1/incidents/{reference}/consents"): GRANT,
    ("work_incident", "GET", "/v1/desk/incidents"): None,
    ("work_incident", "POST", "/v1/desk/incidents"): SUBMISSION,
    ("work_incident", "GET", "/v1/desk/incidents/{reference}"): None,
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/claim"): {},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/take-over"): {"reason": PRIVATE},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/messages"): {"body": PRIVATE},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/notes"): {"body": PRIVATE},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/transfer"): {
        "category": "payment",
        "reason": PRIVATE,
    },
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/snooze"): {"until": None},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/release"): {},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/resolve"): {},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/consents"): {"scope": "view"},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/access-code"): {},
    ("work_incident", "PATCH", "/v1/desk/incidents/{reference}/contact"): {"name": PRIVATE},
    ("work_incident", "GET", "/v1/desk/incidents/{reference}/files/{file}"): None,
    ("work_incident", "GET", "/v1/desk/incidents/{reference}/export"): None,
    ("erase_incident", "GET", "/v1/desk/incidents/{reference}/erasure"): None,
    ("erase_incident", "GET", "/v1/desk/erased"): None,
    ("erase_incident", "DELETE", "/v1/desk/incidents/{reference}"): None,
    ("work_incident", "GET", "/v1/desk/stats"): None,
    ("show_looks", "GET", "/v1/desk/viewed/{reference}"): None,
    ("work_incident", "GET", "/v1/desk/proofs/{month}"): None,
    ("work_incident", "GET", "/v1/desk/reports/{month}"): None,
    ("share_screen", "POST", "/v1/desk/incidents/{reference}/remote"): {},
    ("share_screen", "GET", "/v1/desk/incidents/{reference}/remote"): None,
    ("share_screen", "PUT", "/v1/desk/incidents/{reference}/remote/answer"): {
        "n": 1,
        "sdp": session_descriptions.ANSWER,
    },
    ("share_screen", "DELETE", "/v1/desk/incidents/{reference}/remote"): None,
    ("share_screen", "GET", "/v1/remote"): None,
    ("share_screen", "PUT", "/v1/remote/offer"): {
        "n": 1,
        "sdp": session_descriptions.OFFER,
        "notice_sha256": GRANT["notice_sha256"],
        "language": "de",
    },
    ("share_screen", "POST", "/v1/remote/control"): {"action": "withdraw"},
    ("share_screen", "POST", "/v1/remote/end"): {},
    ("share_screen", "GET", "/v1/remote/receipt"): None,
}
"""Every address of the JSON API that needs the register, and a body for it."""


PAGES: dict[tuple[str, str, str], dict[str, str]] = {
    ("submit_incident", "POST", "incident"): TYPED,
    ("track_incident", "GET", "track"): {},
    ("track_incident", "POST", "track"): {"body": PRIVATE, "idempotency_key": KEY},
    ("track_incident", "GET", "export"): {},
    ("update_incident", "POST", "reply"): {"body": PRIVATE, "idempotency_key": KEY},
    ("update_incident", "GET", "close"): {},
    ("update_incident", "POST", "close"): {},
    ("update_incident", "POST", "reopen"): {},
    ("update_incident", "GET", "rate"): {},
    ("update_incident", "POST", "rate"): {"score": "4", "comment": PRIVATE},
    ("correct_contact", "GET", "access-code"): {},
    ("correct_contact", "POST", "access-code"): {},
    ("correct_contact", "GET", "contact-data"): {},
    ("correct_contact", "POST", "contact-data"): {"contact.name": PRIVATE},
    ("erase_incident", "GET", "erase"): {},
    ("erase_incident", "POST", "erase"): {"confirmation": PRIVATE},
    ("record_consent", "GET", "remote-support"): {},
    ("record_consent", "POST", "remote-support"): GRANT,
    ("share_screen", "GET", "join"): {},
    ("share_screen", "POST", "join"): {},
    ("attach_file", "GET", "files"): {},
    ("attach_file", "GET", "file"): {},
    ("attach_file", "GET", "remove-file"): {},
    ("attach_file", "POST", "remove-file"): {"id": FILE},
}
"""Every page that needs the register, and the fields of its form."""


class Service:
    """The functions with an incident, and a citizen and an operator who may open it."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        for category in Category:
            monkeypatch.setenv(f"{category.upper()}_TEAM_ROLE", f"{category}-role")
        monkeypatch.setenv("DATA_PROTECTION_ROLE", "data-protection-role")
        self._monkeypatch = monkeypatch
        self.load = load
        register = Register(aws.client("dynamodb"), "register")
        secret, now = aws.service_secret(), datetime.now(UTC)
        self.reference: Reference = register.submit(a_submission(), KEY, secret, now).reference
        self._code = access_code_for(secret, self.reference)
        self._cookie = session.set_cookie(secret, Session(reference=self.reference), now).partition(
            ";"
        )[0]

    def claim(self) -> None:
        """The operator claims the incident."""
        register = Register(aws.client("dynamodb"), "register")
        register.claim(self.reference, "anna", Category.FUNCTIONAL, datetime.now(UTC))

    def json(self, method: str, resource: str, content: Any = None) -> dict[str, Any]:
        """A request to the JSON API, from the citizen, an operator or data protection."""
        known = {"reference": self.reference, "file": "0" * 26, "month": "2026-11"}
        path = resource.format(**known)
        sent = {"Authorization": f"Bearer {self._code}", "Idempotency_Key": KEY}
        if re.match("/v1/remote(/|$)", resource):
            sent = {"Cookie": f"{COOKIE}={self.reference}.{KEY}", "Host": "h"}
        if content is not None:
            sent["Content_Type"] = "application/json"
        body = b"" if content is None else json.dumps(content).encode()
        query = {"references": str(self.reference)} if resource.endswith("/erased") else None
        event = asked(method, path, body=body, query=query, Accept_Language="de", **sent)
        role = "data-protection-role" if "/viewed/" in resource else "functional-role"
        caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/anna"
        event["requestContext"]["identity"] = {"userArn": caller}
        return event

    def page(self, method: str, name: str, fields: dict[str, str]) -> dict[str, Any]:
        """A request of the citizen's browser for a page, or with a form."""
        sent = {"Content_Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        known = {"reference": self.reference, "access_code": self._code}
        known = {} if name == "incident" else known  # the form of a new incident opens none
        body = urlencode(known | fields).encode() if method == "POST" else b""
        event = asked(
            method, f"/de/{name}", body=body, query=None, Cookie=self._cookie, Host="h", **sent
        )
        event["requestContext"]["domainName"] = "h"
        return event

    def break_down(self, layer: str) -> None:
        """Has every later call to AWS fail in that layer."""
        break_down(self._monkeypatch, layer)


@pytest.fixture
def service(load: Load, monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service(load, monkeypatch)
