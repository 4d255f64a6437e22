"""Operators in the roles of their teams, who sign their requests to the desk's API."""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from suport.domain.category import Category
from tests.support.service import JSON, Answer, Service

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient


@dataclass(frozen=True)
class Signed:
    """Somebody who signs their requests to the desk's API in a role."""

    service: Service
    name: str
    credentials: Credentials

    def request(self, method: str, path: str, content: Any = None, **headers: str) -> Answer:
        """The answer to a signed request to the desk's API."""
        body = b"" if content is None else json.dumps(content).encode()
        sent = {"Accept-Language": "en"} | headers
        if content is not None:
            sent["Content-Type"] = JSON
        url = f"{self.service.environment['API_URL']}/v1/desk{path}"
        signed = AWSRequest(method, url, data=body, headers=sent)
        SigV4Auth(self.credentials, "execute-api", self.service.environment["AWS_REGION"]).add_auth(
            signed
        )
        return self.service.request(method, f"/v1/desk{path}", body, dict(signed.headers.items()))

    def on(self, reference: str, act: str = "", content: Any = None, **headers: str) -> Answer:
        """The answer to an act on an incident; without an act, to GET."""
        address = f"/incidents/{reference}"
        if not act or act.startswith("files/"):
            return self.request("GET", f"{address}/{act}".rstrip("/"), **headers)
        return self.request("POST", f"{address}/{act}", content or {}, **headers)

    def client(self, name: str) -> Any:
        """A client of another service, in that role."""
        return boto3.client(  # type: ignore[call-overload]
            name,
            endpoint_url=self.service.aws.endpoint,
            region_name=self.service.environment["AWS_REGION"],
            aws_access_key_id=self.credentials.access_key,
            aws_secret_access_key=self.credentials.secret_key,
            aws_session_token=self.credentials.token,
            config=Config(proxies={}),
        )


@dataclass(frozen=True)
class Operator(Signed):
    """An operator in the role of a team."""

    team: Category


def role_of(service: Service, team: Category) -> str:
    return service.environment[f"{team.upper()}_TEAM_ROLE_ARN"]


def queue_of(service: Service, team: Category, kind: str = "QUEUE") -> str:
    return service.environment[f"{team.upper()}_{kind}_URL"]


@pytest.fixture(scope="module")
def operator(service: Service) -> Iterator[Callable[[Category], Operator]]:
    """Signs a new operator in, in the role of a team.

    The account's own key vouches for their names here: the embedded AWS knows no `${aws:username}`.
    """
    sts: STSClient = service.aws.client("sts")
    yield lambda team: signed_in(service, sts, team, f"operator-{secrets.token_hex(4)}")
    sts.close()


@pytest.fixture(scope="module")
def officer(service: Service) -> Iterator[Signed]:
    """A data-protection officer, signed in in the role of data protection."""
    sts: STSClient = service.aws.client("sts")
    role, name = service.environment["DATA_PROTECTION_ROLE_ARN"], f"officer-{secrets.token_hex(4)}"
    service.private.add(name)
    yield Signed(service, name, _in_role(sts, role, name))
    sts.close()


def signed_in(service: Service, sts: "STSClient", team: Category, name: str) -> Operator:
    """The operator of that name, in the role of a team."""
    service.private.add(name)  # the register knows it, no log does
    return Operator(service, name, _in_role(sts, role_of(service, team), name), team)


def _in_role(sts: "STSClient", role: str, name: str) -> Credentials:
    given = sts.assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
