"""Who somebody is at the web desk, by the groups in which a directory has them.

The directory is the Government's, or Cognito's own. A stage says which group stands for which team
or role: `suport-payment=payment,suport-supervisors=supervisor`. Any other group gives nothing.
"""

import json
import re
from collections.abc import Iterable, Mapping

from suport.domain.category import Category
from suport.domain.operator_identity import NoTeam, Operator, Role

type Places = Mapping[str, Category | Role]
"""The team or the role that a group stands for, by the group's name."""

_PLACES: dict[str, Category | Role] = {str(each): each for each in (*Category, *Role)}
# A group's name may have "=" and "," in it, as a distinguished name has.
_PLACE = re.compile(rf"(?P<group>.+?)=(?P<place>{'|'.join(map(re.escape, _PLACES))})(?:,|$)")
# The name of a session in a role, as IAM takes it: the same person has the same name in both.
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class WrongName(Exception):
    """The directory gives a name that no session in a team's role could have."""


def read_places(stated: str) -> Places:
    """What each group stands for.

    >>> read_places("suport-payment=payment,dpo=data-protection")["dpo"]
    <Role.DATA_PROTECTION: 'data-protection'>

    Raises
    ------
    ValueError
        If a part of it is not a group, an equals sign, and a team or a role.
    """
    found: dict[str, Category | Role] = {}
    position = 0
    while position < len(stated):
        part = _PLACE.match(stated, position)
        if part is None:
            raise ValueError(f"not a group and what it stands for: {stated[position:]!r}")
        found[part["group"].strip()] = _PLACES[part["place"]]
        position = part.end()
    return found


def read_groups(claim: object) -> list[str]:
    """The groups in a claim of an id token, as Cognito writes one.

    Its own groups are a list. Several values of a provider's attribute become one text: `[a, b]`,
    or JSON. A single value may have brackets or none.
    """
    if isinstance(claim, list):
        return [each for each in claim if isinstance(each, str)]
    if not isinstance(claim, str):
        return []
    try:
        read = json.loads(claim)
    except ValueError:
        read = None
    if isinstance(read, list) and all(isinstance(each, str) for each in read):
        return read  # and not `[2026]`, which is a group of that name
    text = claim.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return [each.strip() for each in text.split(", ") if each.strip()]


def operator_in(groups: Iterable[str], name: object, places: Places) -> Operator:
    """The operator of that name who is in these groups.

    The teams come in the order in which the stage states their groups.

    Raises
    ------
    WrongName
        If no session in a role could have the name.
    NoTeam
        If no group stands for a team or a role.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise WrongName
    own = {*groups}
    given = [place for group, place in places.items() if group in own]
    if not given:
        raise NoTeam
    teams = dict.fromkeys(each for each in given if isinstance(each, Category))
    return Operator(name, tuple(teams), frozenset(each for each in given if isinstance(each, Role)))
