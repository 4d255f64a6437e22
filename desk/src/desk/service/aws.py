"""AWS as the operator: in the team's role, in a session under the operator's name.

botocore does all of it: credentials, SQS, the signatures, and the HTTP of the signed requests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import ProfileNotFound
from botocore.httpsession import URLLib3Session
from botocore.utils import JSONFileCache, get_environ_proxies

from desk.errors import Misused, NotAllowed
from desk.kept_sessions import KeptSessions
from desk.service.error_messages import explained, is_unaccepted
from desk.settings import Access, login_name, state_folder

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_CONNECT_S, _READ_S = 5, 35  # API Gateway answers within 29 seconds, a long poll within 20
_NO_SESSION = "AWS (STS), which gives the session in your role, does not answer"
_SESSIONS = Path("~/.aws/cli/cache")  # the AWS CLI's own, so that either finds the other's
_SIGN_INS = Path("~/.aws/sso/cache")  # where `aws sso login` keeps what it was given
_CONFIG = Config(
    connect_timeout=_CONNECT_S,
    read_timeout=_READ_S,
    retries={"mode": "standard", "total_max_attempts": 3},
)


ROLE_SESSION = re.compile(r"arn:[a-z-]+:sts::\d+:assumed-role/(?P<role>[^/]+)/(?P<name>.+)")
USER = re.compile(r"arn:[a-z-]+:iam::\d+:user/(?:.+/)?(?P<name>[^/]+)")


def name_in(arn: str) -> str | None:
    """The name of a person in the ARN by which AWS knows them; None for the account itself."""
    found = ROLE_SESSION.fullmatch(arn) or USER.fullmatch(arn)
    return found["name"] if found else None


@dataclass(frozen=True)
class Answer:
    """The answer to one request."""

    status: int
    body: bytes
    date: str | None = None
    """The moment of the answer on the clock of whoever answered (RFC 9110, 6.6.1)."""


class _Session(botocore.session.Session):
    """A session that gets its handlers with its first client: most commands need none.

    They take longer to register than a request to sign.
    """

    def __init__(self, profile: str | None) -> None:
        super().__init__(profile=profile, include_builtin_handlers=False)
        self._has_handlers = False

    def create_client(self, *which: Any, **how: Any) -> Any:
        """A client of AWS, as the superclass makes it."""
        if not self._has_handlers:
            self._register_builtin_handlers(self._events)  # type: ignore[attr-defined]  # as it would itself
            self._has_handlers = True
        return super().create_client(*which, **how)


class Aws:
    """AWS as the operator in the team's role.

    A session in the role is kept for later commands, under the operator's own sign-in. Every
    method raises Unreached or NotAllowed; the constructor also Misused, for the profile.
    """

    def __init__(self, settings: Access, *, afresh: bool = False) -> None:
        """AWS under these settings. afresh: with no session of an earlier command."""
        self._settings = settings
        self._afresh = afresh
        self._kept: KeptSessions | None = None
        self._session = self._new_session()
        self._config = _CONFIG.merge(Config(proxies={})) if settings.aws else _CONFIG
        self._http: URLLib3Session | None = None
        self._credentials: Credentials | None = None
        self._session_name: str | None = None  # known where the desk itself takes the role

    def sqs(self) -> "SQSClient":
        """A client of SQS in the team's role."""
        with explained("AWS does not answer"):
            self._act()
            return cast("SQSClient", self._client("sqs"))

    def operator(self) -> str:
        """The operator's name for the service: that of the session."""
        with explained("AWS does not answer"):
            self._act()
        return self._session_name or self.caller().rsplit("/", 1)[-1]

    def caller(self) -> str:
        """The ARN by which AWS knows the user, in the team's role."""
        with explained("AWS does not answer"):
            self._act()
            return str(self._client("sts").get_caller_identity()["Arn"])

    def regions(self) -> list[str]:
        """The regions of AWS that this computer knows of."""
        return list(self._session.get_available_regions("sqs"))

    def signed(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """Sends one request to the API, signed in the team's role."""
        with explained(f"{self._settings.api_url} does not answer"):
            answer = self._sent(self._with_signature(method, url, body, headers))
            if is_unaccepted(answer.status, answer.body) and self._forgets_sessions():
                # AWS may have ended the session before its time
                answer = self._sent(self._with_signature(method, url, body, headers))
            return answer

    def fetched(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Fetches a file of an incident from a signed address, with these headers."""
        with explained("The store of the files does not answer"):
            return self._sent(AWSRequest("GET", url, dict(headers)))

    def asked(self, url: str) -> Answer:
        """Asks the service for something that everybody may read."""
        with explained(f"{self._settings.api_url} does not answer"):
            return self._sent(AWSRequest("GET", url, {"Accept": "application/json"}))

    def forget_sessions(self) -> None:
        """Has the next command ask for a session again: AWS may not accept the kept one."""
        self._forgets_sessions()

    def _forgets_sessions(self) -> bool:
        """Forgets a session that an earlier command has left; returns whether there was one."""
        if self._kept is None or not self._kept.was_read:
            return False
        self._kept.forget()
        self._credentials = None
        self._session = self._new_session()
        return True

    def _with_signature(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> AWSRequest:
        request = AWSRequest(method, url, dict(headers), body or b"")
        SigV4Auth(self._act(), "execute-api", self._settings.region).add_auth(request)
        return request

    def _sent(self, request: AWSRequest) -> Answer:
        if self._http is None:
            url = str(request.url)
            self._http = URLLib3Session(
                verify=self._session.get_config_variable("ca_bundle") or True,
                proxies={} if self._settings.aws else get_environ_proxies(url),
                timeout=(_CONNECT_S, _READ_S),  # type: ignore[arg-type]  # a pair is taken, too
            )
        response = self._http.send(request.prepare())
        return Answer(response.status_code, response.content, response.headers.get("Date"))

    def _new_session(self) -> botocore.session.Session:
        own = self._settings.aws
        with explained("AWS does not answer"):
            try:
                session = _Session(profile=self._settings.profile)
                session.get_scoped_config()  # looks whether there is such a profile
            except ProfileNotFound as error:
                raise Misused(f"{error}: name another in the settings of the desk.") from error
            if own:
                session.set_credentials(
                    own["AWS_ACCESS_KEY_ID"],
                    own["AWS_SECRET_ACCESS_KEY"],
                    own.get("AWS_SESSION_TOKEN") or None,
                )
            return session

    def _act(self) -> Credentials:
        """The credentials of the team's role, renewed before they expire; the session uses them."""
        if self._credentials is None:
            with explained(_NO_SESSION):
                own = self._own_credentials()
                if role := self._settings.role_arn:
                    own = self._in_role(role, own)
                else:
                    own.get_frozen_credentials()  # asks for those that a profile is to be given
            # A session takes renewable credentials in no other way, and a watch lasts for hours.
            self._session._credentials = own  # type: ignore[attr-defined]  # noqa: SLF001
            self._credentials = own
        return self._credentials

    def _own_credentials(self) -> Credentials:
        """Those of the user, before any role of the settings."""
        # A profile may ask for a code of the second factor: once a session, as in the AWS CLI.
        chain = self._session.get_component("credential_provider")
        chain.get_provider("assume-role").cache = JSONFileCache(_SESSIONS.expanduser())
        # IAM Identity Center gives other keys each time it is asked, which names nobody.
        chain.get_provider("sso").cache = self._sessions("sso", _identity_center_sign_in())
        own = self._session.get_credentials()
        if own is None:
            raise NotAllowed(
                "There are no AWS credentials. Sign in as docs/operators.md says, and name the"
                " profile in the settings of the desk if it is not the usual one."
            )
        return own

    def _in_role(self, role: str, own: Credentials) -> Credentials:
        """Those of a session in this role, which is begun when they are used."""
        self._kept = self._sessions("own", own.get_frozen_credentials().access_key or "")
        # A role lets everybody in under their own name only.
        self._session_name = self._settings.operator or self._own_name()
        fetcher = AssumeRoleCredentialFetcher(
            *(self._client, own, role),
            extra_args={"RoleSessionName": self._session_name},
            # it needs a part of what a dictionary does
            cache={} if self._afresh else cast("dict[str, Any]", self._kept),
        )

        def begun() -> dict[str, Any]:
            # else the service or the queue, whose request needs them, would be said to be away
            with explained(_NO_SESSION):
                return fetcher.fetch_credentials()

        return DeferredRefreshableCredentials(begun, "assume-role")

    def _own_name(self) -> str:
        """The name by which AWS knows the user; that on this computer for the account itself."""
        kept = None if self._afresh or self._kept is None else self._kept.name
        if kept is None:
            arn = str(self._client("sts").get_caller_identity()["Arn"])
            kept = name_in(arn) or login_name()
            if self._kept is not None:
                self._kept.name = kept
        return kept

    def _sessions(self, *of_the_sign_in: str) -> KeptSessions:
        """The kept sessions of that sign-in at this end of the line, under these settings."""
        settings = self._settings
        where = (settings.started, settings.aws.get("AWS_ENDPOINT_URL"), settings.profile)
        return KeptSessions(state_folder(), *where, *of_the_sign_in)

    def _client(self, service: str, **given: Any) -> Any:
        return self._session.create_client(
            service,
            region_name=self._settings.region,
            endpoint_url=self._settings.aws.get("AWS_ENDPOINT_URL"),
            **({"config": self._config} | given),
        )


def _identity_center_sign_in() -> str:
    """A digest of what the AWS CLI keeps of a sign-in: that of another person has another one."""
    digest = sha256()
    for file in sorted(_SIGN_INS.expanduser().glob("*.json")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
