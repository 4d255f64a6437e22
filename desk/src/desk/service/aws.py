"""AWS as the operator: in the team's role, in a session under the operator's name.

botocore does all of it: credentials, SQS, the signatures, and the HTTP of the signed requests.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
from desk.service.error_messages import explained
from desk.settings import Access, login_name

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_CONNECT_S, _READ_S = 5, 35  # API Gateway answers within 29 seconds, a long poll within 20
_SESSIONS = Path("~/.aws/cli/cache")  # the AWS CLI's own, so that either finds the other's
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


class Aws:
    """AWS as the operator in the team's role.

    Every method raises Unreached or NotAllowed; the constructor also Misused, for the profile.
    """

    def __init__(self, settings: Access) -> None:
        self._settings = settings
        with explained("AWS does not answer"):
            try:
                self._session = botocore.session.Session(profile=settings.profile)
            except ProfileNotFound as error:
                raise Misused(f"{error}: name another in the settings of the desk.") from error
            if settings.aws:
                self._session.set_credentials(
                    settings.aws["AWS_ACCESS_KEY_ID"],
                    settings.aws["AWS_SECRET_ACCESS_KEY"],
                    settings.aws.get("AWS_SESSION_TOKEN") or None,
                )
        self._config = _CONFIG.merge(Config(proxies={})) if settings.aws else _CONFIG
        self._http: URLLib3Session | None = None
        self._credentials: Credentials | None = None

    def sqs(self) -> "SQSClient":
        """A client of SQS in the team's role."""
        with explained("AWS does not answer"):
            self._act()
            return cast("SQSClient", self._client("sqs"))

    def operator(self) -> str:
        """The operator's name for the service: that of the session."""
        return self.caller().rsplit("/", 1)[-1]

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
            request = AWSRequest(method, url, dict(headers), body or b"")
            SigV4Auth(self._act(), "execute-api", self._settings.region).add_auth(request)
            return self._sent(request)

    def fetched(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Fetches a file of an incident from a signed address, with these headers."""
        with explained("The store of the files does not answer"):
            return self._sent(AWSRequest("GET", url, dict(headers)))

    def asked(self, url: str) -> Answer:
        """Asks the service for something that everybody may read."""
        with explained(f"{self._settings.api_url} does not answer"):
            return self._sent(AWSRequest("GET", url, {"Accept": "application/json"}))

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

    def _act(self) -> Credentials:
        """The credentials of the team's role, renewed before they expire; the session uses them."""
        if self._credentials is None:
            # A profile may ask for a code of the second factor: once a session, as in the AWS CLI.
            chain = self._session.get_component("credential_provider")
            chain.get_provider("assume-role").cache = JSONFileCache(_SESSIONS.expanduser())
            own = self._session.get_credentials()
            if own is None:
                raise NotAllowed(
                    "There are no AWS credentials. Sign in as docs/operators.md says, and name the"
                    " profile in the settings of the desk if it is not the usual one."
                )
            if self._settings.role_arn:
                # A role lets everybody in under their own name only.
                name = {"RoleSessionName": self._settings.operator or self._own_name()}
                role = self._settings.role_arn
                fetcher = AssumeRoleCredentialFetcher(self._client, own, role, extra_args=name)
                own = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
            # A session takes renewable credentials in no other way, and a watch lasts for hours.
            self._session._credentials = own  # type: ignore[attr-defined]  # noqa: SLF001
            self._credentials = own
        return self._credentials

    def _own_name(self) -> str:
        """The name by which AWS knows the user; that on this computer for the account itself."""
        arn = str(self._client("sts").get_caller_identity()["Arn"])
        return name_in(arn) or login_name()

    def _client(self, service: str, **given: Any) -> Any:
        return self._session.create_client(
            service,
            region_name=self._settings.region,
            endpoint_url=self._settings.aws.get("AWS_ENDPOINT_URL"),
            **({"config": self._config} | given),
        )
