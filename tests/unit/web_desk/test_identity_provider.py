"""How the identity provider of the web desk is asked."""

from typing import Any

import pytest
import urllib3

from suport.desk.identity_provider import Away, IdentityProvider

PROVIDER = IdentityProvider(
    browsers_at="https://idp.example",
    tokens_at="https://tokens.example",
    keys_at="https://tokens.example/keys",
    issuer="https://tokens.example",
    client="desk",
)


def test_the_service_follows_no_redirect_of_the_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(pool: urllib3.HTTPConnectionPool, *_: Any, **__: Any) -> urllib3.HTTPResponse:
        asked.append(pool.host)
        return urllib3.HTTPResponse(
            b'{"id_token": "from elsewhere"}',
            headers={"location": "https://elsewhere.example/token"},
            status=302 if pool.host == "tokens.example" else 200,
        )

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", answer)
    with pytest.raises(Away):
        PROVIDER.id_token("code", "verifier", "https://desk.example/desk/callback")
    assert asked == ["tokens.example"]
