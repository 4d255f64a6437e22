"""An identity provider in this process: it signs with its own keys, and gives tokens for codes."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from suport.desk import identity_provider
from suport.desk.identity_provider import Away

CLIENT = "the desk's client"
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Desk"
KEYS, TOKENS, SIGN_IN = f"{ISSUER}/keys", "https://tokens.example.org", "https://idp.example.net"
GROUPS = "suport-payment=payment,suport-signature=signature,suport-supervisor=supervisor"
VARIABLES = {
    "SIGN_IN_URL": SIGN_IN,
    "TOKENS_URL": TOKENS,
    "TOKEN_KEYS_URL": KEYS,
    "TOKEN_ISSUER": ISSUER,
    "SIGN_IN_PROVIDER": "",
    "DESK_GROUPS": GROUPS,
}


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """One of any number of keys, made once."""
    assert number >= 0
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """What it answers, and what it was asked.

    keys: its keys by name. claims: what tokens say besides what belongs to the sign-in.
    signed_with, algorithm, header: how a token is signed. is_away: nothing answers. answers: by the
    end of the address, an answer instead of its own.
    """

    keys: dict[str, int] = field(default_factory=lambda: {"first": 0})
    claims: dict[str, Any] = field(default_factory=dict)
    signed_with: Any = None
    algorithm: str = "RS256"
    header: dict[str, Any] = field(default_factory=lambda: {"kid": "first"})
    is_away: bool = False
    answers: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    given: dict[str, dict[str, str]] = field(default_factory=dict)

    def become(self, **changes: Any) -> None:
        """Changes these attributes."""
        for name, value in changes.items():
            setattr(self, name, value)

    def sign_in(self, location: str) -> str:
        """The code for somebody who has been sent to that address, and has signed in."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert location.startswith(f"{SIGN_IN}/oauth2/authorize?")
        code = f"code {len(self.given)}"
        self.given[code] = asked
        return code

    def ask(
        self, method: str, address: str, form: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Stands in for `identity_provider._ask`."""
        self.asked.append(address)
        if self.is_away:
            raise Away
        for end, answer in self.answers.items():
            if address.endswith(end):
                return answer
        if address == KEYS:
            assert method == "GET"
            return 200, {"keys": [self.public(name) for name in self.keys]}
        assert (method, address) == ("POST", f"{TOKENS}/oauth2/token")
        assert form
        return self.redeem(form)

    def redeem(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """The token for a code, once, to whoever has its verifier."""
        asked = self.given.pop(form["code"], None)
        digest = sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        assert form["grant_type"] == "authorization_code"
        assert (form["client_id"], form["redirect_uri"]) == (CLIENT, asked["redirect_uri"])
        return 200, {"id_token": self.token(asked["nonce"]), "access_token": "not read"}

    def token(self, nonce: str) -> str:
        """An id token for that sign-in; a claim that is None is left out."""
        now = int(time.time())
        said = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "0e1d9a4c",
            "token_use": "id",
            "nonce": nonce,
            "iat": now,
            "auth_time": now,
            "exp": now + 300,
            "cognito:username": "marta",
            "cognito:groups": ["suport-payment"],
        } | self.claims
        claims = {name: value for name, value in said.items() if value is not None}
        signed_with = key(0) if self.signed_with is None else self.signed_with
        if self.algorithm == "none":
            return jwt.encode(claims, "", algorithm="none", headers=self.header)
        return jwt.encode(claims, signed_with, algorithm=self.algorithm, headers=self.header)

    def public(self, name: str) -> dict[str, Any]:
        """One of its keys, as its list has it."""
        own = json.loads(RSAAlgorithm.to_jwk(key(self.keys[name]).public_key()))
        return {name_: own[name_] for name_ in ("kty", "n", "e")} | {
            "kid": name,
            "alg": "RS256",
            "use": "sig",
        }


def forget_keys() -> None:
    """As at another start of the function."""
    identity_provider._keys_at.cache_clear()
