"""What is read as plain contact data is what the rules for all others read, too."""

import re

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from stdnum.es import dni, nie

from suport.domain import plain_contact
from suport.http.bodies.email_address import the_address
from suport.http.bodies.identity_number import identity_number
from suport.http.bodies.phone import dialable

# words that introduce an address, and parts of what people paste
WORDS = st.sampled_from(["mail", "email", "correu", "to", "cc", "de", "tel", "www", "http", "3d"])
ATOMS = st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True) | WORDS
MAILBOXES = st.lists(ATOMS, min_size=1, max_size=8).flatmap(
    lambda atoms: st.sampled_from("._").map(lambda sign: sign.join(atoms))
)
LABELS = st.lists(ATOMS, min_size=1, max_size=8).map("-".join)
TOPS = st.from_regex(r"[A-Za-z]{2,7}", fullmatch=True) | st.sampled_from(
    [*SPECIAL_USE_DOMAIN_NAMES, "com", "es", "cat", "test"]
)
DOMAINS = st.builds(
    lambda labels, top: ".".join([*labels, top]), st.lists(LABELS, min_size=1, max_size=4), TOPS
)
EMAILS = st.builds("{}@{}".format, MAILBOXES, DOMAINS)


@given(typed=EMAILS)
@example("aina.exemple@correu.test")
@example(f"a@{'a' * 64}.es")
@example(f"{'a' * 65}@caib.es")
@example(f"a@{'a.' * 127}es")
@example("a@b.onion")
def test_a_plain_email_is_read_as_by_the_rules_for_all(typed: str) -> None:
    read = plain_contact.email(typed)
    if read is None:
        return
    checked = validate_email(typed, check_deliverability=False, test_environment=True)
    assert read == the_address(typed) == checked.ascii_email


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("aina.exemple@correu.test", "aina.exemple@correu.test"),
        ("Joan_2@Example.ORG", "Joan_2@example.org"),
        ("x@ajuntament-de-palma.illesbalears.cat", "x@ajuntament-de-palma.illesbalears.cat"),
    ],
)
def test_emails_as_most_people_type_them_are_plain(typed: str, read: str) -> None:
    assert plain_contact.email(typed) == read


@given(
    prefix=st.sampled_from(["", "+34", "+34 ", "0034", "0034 ", "34 ", "+49 ", "+"]),
    digits=st.from_regex(r"[0-9]{8,10}", fullmatch=True)
    | st.from_regex(r"[67]\d{8}", fullmatch=True),
    grouping=st.sampled_from([(9,), (3, 3, 3), (3, 2, 2, 2), (2, 3, 2, 2), (5, 4)]),
)
def test_a_plain_phone_number_is_read_as_by_the_rules_for_all(
    prefix: str, digits: str, grouping: tuple[int, ...]
) -> None:
    groups, rest = [], digits
    for size in grouping:
        groups.append(rest[:size])
        rest = rest[size:]
    typed = prefix + " ".join([*groups, rest]).strip()
    read = plain_contact.dial(typed)
    assert read is None or read == dialable(typed)


@pytest.mark.parametrize(
    "typed", ["971 22 57 91", "+34 971 000 000", "612345678", "0034 971225791"]
)
def test_numbers_as_most_people_type_them_are_plain(typed: str) -> None:
    digits = re.sub(r"\D", "", typed)[-9:]
    assert plain_contact.dial(typed) == f"+34{digits}"


@given(
    first=st.sampled_from("0123456789XYZxyzKLM"),
    digits=st.from_regex(r"[0-9]{7}", fullmatch=True),
    letter=st.from_regex(r"[A-Za-z]", fullmatch=True),
)
def test_a_plain_identity_number_is_read_as_by_the_rules_for_all(
    first: str, digits: str, letter: str
) -> None:
    typed = first + digits + letter
    read = plain_contact.identity(typed)
    is_persons = dni.is_valid(typed) or nie.is_valid(typed)
    assert (read is not None) is (is_persons and first not in "KLM")
    if read:
        assert read == identity_number(typed)
    elif first not in "KLM":
        with pytest.raises(PydanticCustomError):
            identity_number(typed)


@given(number=st.integers(0, 99_999_999), small=st.booleans())
def test_a_dni_as_most_people_type_it_is_plain(number: int, *, small: bool) -> None:
    written = f"{number:08}{dni.calc_check_digit(f'{number:08}')}"
    assert plain_contact.identity(written.lower() if small else written) == written


@given(number=st.integers(0, 9_999_999), first=st.sampled_from("XYZ"))
def test_a_nie_as_most_people_type_it_is_plain(number: int, first: str) -> None:
    written = f"{first}{number:07}"
    written += nie.calc_check_digit(written)
    assert plain_contact.identity(written) == written


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "971",
        "012",
        "971 22 57 91 ext. 3",
        "fax 971 22 57 91",
        "902 22 57 91",
        "971  225791",
        "٦12345678",
        "DNI 12345678Z",
        "1234567L",
        "12.345.678-Z",
        "١2345678Z",
        "X1234567ſ",
    ],
)
def test_other_texts_are_not_plain(typed: str) -> None:
    assert plain_contact.dial(typed) is None
    assert plain_contact.email(typed) is None
    assert plain_contact.identity(typed) is None
