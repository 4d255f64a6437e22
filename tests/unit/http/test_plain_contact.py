"""What is read as plain contact data is what the rules for all others read, too."""

import re

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from suport.domain import plain_contact
from suport.http.bodies.email_address import the_address
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
    ],
)
def test_other_texts_are_not_plain(typed: str) -> None:
    assert plain_contact.dial(typed) is None
    assert plain_contact.email(typed) is None
