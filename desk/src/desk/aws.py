"""As whom the desk calls: the team's role, in a session that bears the operator's name.

botocore does it all: credentials, SQS, the signatures, and the HTTP of the signed requests.
"""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import urllib3.exceptions
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    Credentials,
    DeferredRefreshableCredentials,
)
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own
    HTTPClientError,
    IncompleteReadError,
    ProfileNotFound,
)
from botocore.httpsession import URLLib3Session
from botocore.parsers import ResponseParserError
from botocore.utils import get_environ_proxies

from desk.settings import Settings
from desk.trouble import Misused, NotAllowed, Trouble, Unreached

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_CONNECT_S, _READ_S = 5, 35  # API Gateway answers within 29 seconds, a long poll within 20
_CONFIG = Config(
    connect_timeout=_CONNECT_S,
    read_timeout=_READ_S,
    retries={"mode": "standard", "total_max_attempts": 3},
)
_DENIED = {
    *("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "SignatureDoesNotMatch"),
    *("ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "AuthFailure"),
}
FAILURES = (
    *(BotoCoreError, ClientError, ResponseParserError, urllib3.exceptions.HTTPError),
    *(http.client.HTTPException, OSError, ValueError, LookupError, RuntimeError),
)
"""What a call to AWS can raise: botocore lets through what the layers below it raise."""


@dataclass(frozen=True)
class Answer:
    """What was answered to one request."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Aws:
    """AWS as the operator in the team's role."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session = botocore.session.Session(profile=settings.profile)
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
        """A client of SQS in the team's role.

        Raises
        ------
        Unreached, NotAllowed
        """
        with troubles("AWS does not answer"):
            return cast("SQSClient", self._client("sqs", self._acting_session()))

    def operator(self) -> str:
        """Under which name one works: that of the session, as the service sees it.

        Raises
        ------
        Unreached, NotAllowed
        """
        with troubles("AWS does not answer"):
            arn = self._client("sts", self._acting_session()).get_caller_identity()["Arn"]
        return str(arn).rsplit("/", 1)[-1]

    def signed(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """One request to the API, signed in the team's role.

        Raises
        ------
        Unreached, NotAllowed
        """
        with troubles(f"{self._settings.api_url} does not answer"):
            request = AWSRequest(method, url, dict(headers), body or b"")
            SigV4Auth(self._acting(), "execute-api", self._settings.region).add_auth(request)
            return self._sent(request)

    def fetched(self, url: str, headers: Mapping[str, str]) -> Answer:
        """What is at an address that is signed already, with these headers: a file of an incident.

        Raises
        ------
        Unreached
        """
        with troubles("The store of the files does not answer"):
            return self._sent(AWSRequest("GET", url, dict(headers)))

    def _sent(self, request: AWSRequest) -> Answer:
        if self._http is None:
            url = str(request.url)
            self._http = URLLib3Session(
                verify=self._session.get_config_variable("ca_bundle") or True,
                proxies={} if self._settings.aws else get_environ_proxies(url),
                timeout=(_CONNECT_S, _READ_S),  # type: ignore[arg-type]  # a pair is taken, too
            )
        response = self._http.send(request.prepare())
        return Answer(response.status_code, response.headers, response.content)

    def _acting(self) -> Credentials:
        """The credentials of the team's role, renewed before they end."""
        if self._credentials is None:
            own = self._session.get_credentials()
            if own is None:
                raise NotAllowed(
                    "There are no AWS credentials. Give AWS those of your IAM user (aws configure)"
                    " or, where your organisation signs you in, those of the team's role; or name"
                    " their profile in the settings of the desk."
                )
            if self._settings.role_arn:
                fetcher = AssumeRoleCredentialFetcher(
                    partial(self._client, session=self._session),
                    own,
                    self._settings.role_arn,
                    extra_args={"RoleSessionName": self._settings.operator},
                )
                own = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
            self._credentials = own
        return self._credentials

    def _acting_session(self) -> botocore.session.Session:
        acting = botocore.session.Session(profile=self._settings.profile)
        # A session has no other way to be given credentials that are renewed: a watch lasts hours.
        acting._credentials = self._acting()  # type: ignore[attr-defined]  # noqa: SLF001
        return acting

    def _client(self, service: str, session: botocore.session.Session, **given: Any) -> Any:
        return session.create_client(
            service,
            region_name=self._settings.region,
            endpoint_url=self._settings.aws.get("AWS_ENDPOINT_URL"),
            **({"config": self._config} | given),
        )


def opened(settings: Settings) -> Aws:
    """AWS with these settings.

    Raises
    ------
    Misused
        If the profile is unknown.
    NotAllowed
        If this computer's AWS settings cannot be read.
    """
    with troubles("AWS does not answer"):
        try:
            return Aws(settings)
        except ProfileNotFound as error:
            raise Misused(f"{error}: name another in the settings of the desk.") from error


class troubles:  # noqa: N801  used as a function
    """Within it, whatever fails in a call to AWS is told as what it means to the operator."""

    def __init__(self, unreached: str) -> None:
        self._unreached = unreached

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise what it means, where something failed."""
        if error is not None and (trouble := told(error, self._unreached)):
            raise trouble from error


def told(error: BaseException, unreached: str) -> Trouble | None:
    """What an error of a call to AWS means to the operator; None if it is none of `FAILURES`."""
    if not isinstance(error, FAILURES):
        return None
    match error:
        case ClientError():
            return _answered_with(error, unreached)
        case ResponseParserError() | IncompleteReadError() | LookupError():
            return Unreached(
                f"{unreached} as AWS does. Check whether the connection goes through a proxy that"
                " answers in its place, and try again."
            )
        case _ if _is_of_the_line(error):
            return Unreached(f"{unreached}. Check the connection and try again.")
        case _:
            said = str(error).strip().rstrip(".") or type(error).__name__
            return NotAllowed(f"AWS cannot be used: {said}. Check this computer's AWS settings.")


def _is_of_the_line(error: BaseException) -> bool:
    match error:
        case HTTPClientError() | ConnectionError():
            return True
        case BotoCoreError():
            return False
        case OSError():
            return error.filename is None  # else it is of a file of this computer
        case _:
            return isinstance(error, urllib3.exceptions.HTTPError | http.client.HTTPException)


def _answered_with(error: ClientError, unreached: str) -> Trouble:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code not in _DENIED:
        return Unreached(f"{unreached} ({error.operation_name}: {code}). Try again.")
    first = "Log in again"
    if (error.operation_name, code) == ("AssumeRole", "AccessDenied"):
        # the roles trust an IAM user by their own name alone
        first = "The setting operator must be the name of your IAM user"
    return NotAllowed(
        f"AWS refuses {error.operation_name} ({code}). {first}; if that does not help, ask those"
        " who keep the roles whether yours may act for this team."
    )
