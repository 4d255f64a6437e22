"""The identity provider of the web desk: OpenID Connect, authorization code with PKCE.

It is a user pool of Cognito, which may pass on to the Government's own provider. The browser is
sent there and comes back with a code; for the code the service gets an id token, which says who it
is. Nothing else of what the provider answers is used or kept.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from suport.domain.directory_groups import read_groups
from suport.domain.language import Language

_SCOPES = "openid profile"
_ALGORITHMS = ["RS256"]  # Cognito signs with no other; a token must not choose
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "token_use", "nonce", "auth_time"]
_CLOCKS_DIFFER_BY = 10  # seconds
_PATIENCE = 5  # seconds; somebody waits
# Cognito's pages are not in Catalan.
_SPOKEN = {Language.CATALAN: "es"}


class Away(Exception):
    """The provider does not answer, or not as one does."""


class CodeRefused(Exception):
    """The code is used already, too old, or of somebody else's sign-in."""


class TokenRefused(Exception):
    """The id token is not one that the provider has just made for this sign-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """Where the provider is.

    browsers_at: where browsers ask it; tokens_at: where the service does; keys_at: the address of
    its keys. issuer: its name in tokens. client: the service's name there. upstream: the provider
    to which it passes everybody on; empty if it asks for passwords itself.
    """

    browsers_at: str
    tokens_at: str
    keys_at: str
    issuer: str
    client: str
    upstream: str = ""

    def sign_in_url(
        self, callback: str, state: str, nonce: str, verifier: str, language: Language
    ) -> str:
        """The address at which somebody signs in, to come back to `callback` with a code."""
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": callback,
            "scope": _SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
            "lang": _SPOKEN.get(language, str(language)),
            # The provider's own session would let somebody in whom the directory has put out since.
            "prompt": "login",
        }
        if self.upstream:
            asked["identity_provider"] = self.upstream
        return f"{self.browsers_at}/oauth2/authorize?{urlencode(asked)}"

    def sign_out_url(self, onward: str) -> str:
        """The address at which somebody signs out of the provider, to come back to `onward`."""
        asked = urlencode({"client_id": self.client, "logout_uri": onward})
        return f"{self.browsers_at}/logout?{asked}"

    def id_token(self, code: str, verifier: str, callback: str) -> str:
        """The id token for a code.

        Raises
        ------
        CodeRefused
        Away
        """
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client,
            "code": code,
            "redirect_uri": callback,
            "code_verifier": verifier,
        }
        status, told = _ask("POST", f"{self.tokens_at}/oauth2/token", form)
        if status == HTTPStatus.BAD_REQUEST and told.get("error") == "invalid_grant":
            raise CodeRefused
        token = told.get("id_token")
        if status != HTTPStatus.OK or not isinstance(token, str):
            raise Away
        return token

    def claims(self, token: str, nonce: str, since: datetime) -> dict[str, Any]:
        """What an id token says, if the provider has made it for this sign-in.

        since: when the sign-in began. Who was asked for a password earlier is asked again.

        Raises
        ------
        TokenRefused
        Away
            If the provider's keys cannot be read.
        """
        import jwt  # noqa: PLC0415  160 ms, and only who comes back with a code needs it

        try:
            key = self._key_of(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self.client,
                issuer=self.issuer,
                leeway=_CLOCKS_DIFFER_BY,
                options={"require": _REQUIRED, "strict_aud": True},
            )
        except jwt.PyJWTError as refusal:
            raise TokenRefused(type(refusal).__name__) from None
        # An access token, or one that was made for another sign-in, is signed by the same keys.
        if claims["token_use"] != "id":  # noqa: S105  the name of a claim
            raise TokenRefused("token_use")
        if claims["nonce"] != nonce:
            raise TokenRefused("nonce")
        asked_at = claims["auth_time"]
        if not isinstance(asked_at, int) or asked_at < since.timestamp() - _CLOCKS_DIFFER_BY:
            raise TokenRefused("auth_time")
        return claims

    def name_and_groups(self, claims: Mapping[str, Any]) -> tuple[object, list[str]]:
        """The name and the groups that the claims give a person.

        Both come from one directory. Where the provider passes everybody on, groups and names that
        somebody has been given in the user pool itself count for nothing.
        """
        if self.upstream:
            return claims.get("preferred_username"), read_groups(claims.get("custom:groups"))
        return claims.get("cognito:username"), read_groups(claims.get("cognito:groups"))

    def _key_of(self, kid: object) -> Any:
        """The provider's key of that name. A name that is not known may be that of a new key."""
        if not isinstance(kid, str):
            raise TokenRefused("kid")
        if kid not in _keys_at(self.keys_at):
            _keys_at.cache_clear()
        key = _keys_at(self.keys_at).get(kid)
        if key is None:
            raise TokenRefused("kid")
        return key


@cache
def _keys_at(address: str) -> dict[str, Any]:
    """The keys at that address by their names, read once per start."""
    from jwt import PyJWK, PyJWTError  # noqa: PLC0415  as above

    status, told = _ask("GET", address)
    if status != HTTPStatus.OK or not isinstance(told.get("keys"), list):
        raise Away
    found = {}
    for each in told["keys"]:
        if isinstance(each, dict) and each.get("kty") == "RSA" and each.get("kid"):
            try:
                found[str(each["kid"])] = PyJWK(each, algorithm=_ALGORITHMS[0])
            except PyJWTError:  # one that the service could not use does not keep it from others
                continue
    return found


def _ask(
    method: str, address: str, form: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON object that the provider answers; an empty one if it is none.

    What was not sent is sent once more, and so is a question that changes nothing.

    Raises
    ------
    Away
    """
    import urllib3  # noqa: PLC0415  botocore has it loaded already

    once_more = urllib3.Retry(total=1, redirect=0, status=0)
    with urllib3.PoolManager(timeout=_PATIENCE, retries=once_more) as provider:
        try:
            if form is None:
                answer = provider.request(method, address, redirect=False)
            else:
                answer = provider.request(
                    method, address, fields=[*form.items()], encode_multipart=False, redirect=False
                )
        except urllib3.exceptions.HTTPError:
            raise Away from None
    try:
        told = json.loads(answer.data)
    except ValueError:
        told = None
    return answer.status, told if isinstance(told, dict) else {}


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
