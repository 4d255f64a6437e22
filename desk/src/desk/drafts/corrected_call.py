"""Whether a phone call that the operator records is an unconfirmed one with corrected data.

Operators notice a wrong phone number after they have sent the call: the service refused it, or its
answer was lost. The corrected call must not become a second incident beside the first one.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

_IDENTIFYING = ("name", "email", "phone", "nif")
_SPANISH_PREFIX = "34"
_DIGITS_OF_A_NUMBER = 9
_MISHEARD_DIGITS = 2

type Call = Mapping[str, Any]


def same_call(pending: Call, corrected: Call, refused: AbstractSet[str] = frozenset()) -> bool:
    """Whether the second call is the first with corrected contact data.

    refused: the fields of the first that the service refused, such as `contact.phone`. Any new
    content of theirs is a correction. All else that the person says must be the same, except the
    language, which has a default. The contact data must be the same person's: at least one field
    agrees, and at most one other contradicts it. If only refused data say who the person is, it is
    the same call, because the first one cannot be sent as it is.
    """
    if _what_is_said(pending, refused) != _what_is_said(corrected, refused):
        return False
    before, after = _person(pending, refused), _person(corrected, refused)
    comparable = before.keys() & after.keys()
    if not comparable:
        return any(field.partition(".")[0] == "contact" for field in refused)
    agreeing = sum(_agree(name, before[name], after[name]) for name in comparable)
    return agreeing > 0 and len(comparable) - agreeing <= 1


def _what_is_said(call: Call, refused: AbstractSet[str]) -> dict[str, Any]:
    corrected = {field.partition(".")[0] for field in refused}
    left_out = corrected | {"contact", "language"}
    return {name: value for name, value in call.items() if name not in left_out}


def _person(call: Call, refused: AbstractSet[str]) -> dict[str, str]:
    contact = call.get("contact")
    if not isinstance(contact, Mapping):
        return {}
    return {
        name: contact[name]
        for name in _IDENTIFYING
        if f"contact.{name}" not in refused
        and isinstance(contact.get(name), str)
        and contact[name].strip()
    }


def _agree(field: str, before: str, after: str) -> bool:
    if field == "name":  # one may be the first name alone
        fewer, more = sorted((set(_words(before)), set(_words(after))), key=len)
        return fewer <= more
    if field == "phone":
        return _is_mistyped(_digits(before), _digits(after))
    return _is_a_slip("".join(_words(before)), "".join(_words(after)))


def _words(text: str) -> list[str]:
    return text.casefold().split()


def _digits(phone: str) -> str:
    """The number as people dial it in Spain."""
    digits = "".join(each for each in phone if each.isdigit()).removeprefix("00")
    if len(digits) == len(_SPANISH_PREFIX) + _DIGITS_OF_A_NUMBER:
        digits = digits.removeprefix(_SPANISH_PREFIX)
    return digits


def _is_mistyped(before: str, after: str) -> bool:
    """Whether they are one number with a digit or two misheard, or its digits out of order."""
    if _is_a_slip(before, after) or sorted(before) == sorted(after):
        return True
    wrong = sum(one != other for one, other in zip(before, after, strict=False))
    return len(before) == len(after) and wrong <= _MISHEARD_DIGITS


def _is_a_slip(before: str, after: str) -> bool:
    """Whether they are equal except for one character: wrong, missing, added, or swapped."""
    start = next(
        (at for at, pair in enumerate(zip(before, after, strict=False)) if len(set(pair)) > 1),
        min(len(before), len(after)),
    )
    one, other = before[start:], after[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[:2][::-1] and one[2:] == other[2:])
    )
