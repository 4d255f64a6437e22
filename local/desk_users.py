"""The operators of the desk in the browser on this machine, as users of its own user pool."""

import json
import secrets
from contextlib import suppress

from local.embedded_aws import EmbeddedAws

# Each with their groups, of which the first names the team or the role in DESK_LOGINS.
_OPERATORS = {
    "marta": ("payment",),
    "joan": ("payment",),
    "pau": ("signature",),
    "neus": ("functional",),
    "toni": ("payment", "signature"),
    "aina": ("supervisor",),
    "biel": ("data-protection",),
    "caterina": ("editor",),
}
# Kept by the embedded AWS together with the users.
_KEPT = "/suport-local/desk/passwords"


def make(aws: EmbeddedAws, pool: str) -> None:
    """Make the users, each with a password of their own that lasts as long as the pool."""
    cognito = aws.client("cognito-idp")
    passwords = _passwords(aws)
    for name, groups in _OPERATORS.items():
        user = {"UserPoolId": pool, "Username": name}
        password = passwords[name]
        with suppress(cognito.exceptions.UsernameExistsException):
            # Its own temporary password would be shorter than the pool allows.
            cognito.admin_create_user(**user, TemporaryPassword=password, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**user, Password=password, Permanent=True)
        for group in groups:
            cognito.admin_add_user_to_group(**user, GroupName=f"suport-{group}")
    aws.client("ssm").put_parameter(
        Name=_KEPT, Value=json.dumps(passwords), Type="String", Overwrite=True
    )


def logins(aws: EmbeddedAws) -> str:
    """Who can sign in: `name:password:team`, separated by spaces; several teams as `one+other`."""
    passwords = _passwords(aws)
    return " ".join(
        f"{name}:{passwords[name]}:{'+'.join(groups)}" for name, groups in _OPERATORS.items()
    )


def _passwords(aws: EmbeddedAws) -> dict[str, str]:
    """The password of each operator: the one of the last deployment, or else a new one."""
    ssm = aws.client("ssm")
    try:
        kept = json.loads(ssm.get_parameter(Name=_KEPT)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        kept = {}
    return {name: kept.get(name) or secrets.token_urlsafe(12) for name in _OPERATORS}
