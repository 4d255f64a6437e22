"""Phone numbers as people write and paste them: from contacts, signatures, pages and letters."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.language import Language
from suport.http.bodies.citizens import SubmissionBody
from suport.http.bodies.phone import dialable
from tests.support.gateway import read
from tests.support.pasted import VALID, kept, refusal

DIALLED = [
    # as written here, with all kinds of marks
    ("971 22 57 91", "+34971225791"),
    ("971225791.", "+34971225791"),
    ("971-22-57-91", "+34971225791"),
    ("971–22‑57—91", "+34971225791"),
    ("971 − 225 − 791", "+34971225791"),
    ("971/22.57.91", "+34971225791"),
    ("971·22·57·91", "+34971225791"),
    ("(971) 22 57 91", "+34971225791"),
    ("[971] 22 57 91", "+34971225791"),
    ("6 0 0 1 1 2 2 3 3", "+34600112233"),
    ("600\u00a011\u202f22\u200933", "+34600112233"),
    # prefixes
    ("34600112233", "+34600112233"),
    ("0034 600 112 233", "+34600112233"),
    ("(+34) 600112233", "+34600112233"),
    ("(0034) 600 11 22 33", "+34600112233"),
    ("+0034 600112233", "+34600112233"),
    ("++34 600112233", "+34600112233"),
    ("+ 34 600112233", "+34600112233"),
    ("+34 (0) 600 11 22 33", "+34600112233"),
    ("+49 (0)171 1234567", "+491711234567"),
    ("0049 30 123456", "+4930123456"),
    ("+44 (0)20 7946 0958", "+442079460958"),
    ("+39 06 1234 5678", "+390612345678"),
    ("+33 (0)1 42 68 53 00", "+33142685300"),
    ("+1 (212) 555-1234", "+12125551234"),
    ("+49 30/1234567", "+49301234567"),
    # labels, names and times around it
    ("Tel. 971.22.57.91", "+34971225791"),
    ("mòbil: 600 11 22 33", "+34600112233"),
    ("Handy 0049 171 1234567", "+491711234567"),
    ("Tel2: 600112233", "+34600112233"),
    ("1) 971225791", "+34971225791"),
    ("600112233 (Anna Pons)", "+34600112233"),
    ("(tarda) 600112233", "+34600112233"),
    ("600 11 22 33 de 9 a 14 h", "+34600112233"),
    ("600 11 22 33 (9-14)", "+34600112233"),
    ("600112233 24h", "+34600112233"),
    ("9:00-14:00 600 11 22 33", "+34600112233"),
    ("☎ 600 11 22 33 ✔", "+34600112233"),
    ("«600 11 22 33»", "+34600112233"),
    ("هاتف: 600112233", "+34600112233"),
    ("тел.: +34 600112233", "+34600112233"),
    # links
    ("tel:+34-971-22-57-91", "+34971225791"),
    ("TEL:%2B34971225791", "+34971225791"),
    ("tel:971225791;phone-context=+34", "+34971225791"),
    ("<tel:+34971225791;ext=12>", "+34971225791;ext=12"),
    ("https://wa.me/34600112233", "+34600112233"),
    # other scripts, and what contacts apps add
    ("６００１１２２３３", "+34600112233"),
    ("＋３４（９７１）２２５７９１", "+34971225791"),
    ("٦٠٠ ١١ ٢٢ ٣٣", "+34600112233"),
    ("+۹۸ ۲۱ ۱۲۳۴ ۵۶۷۸", "+982112345678"),
    ("\u202a+34 600 11 22 33\u202c", "+34600112233"),
    ("\u2068600112233\u2069", "+34600112233"),
    ("60\u200b0112\u00ad233", "+34600112233"),
    # extensions
    ("971225791 ext. 3", "+34971225791;ext=3"),
    ("971225791 EXT 3", "+34971225791;ext=3"),
    ("971225791, extensió 45", "+34971225791;ext=45"),
    ("971225791 (Extensión: 45)", "+34971225791;ext=45"),
    ("971225791 int. 5", "+34971225791;ext=5"),
    ("971225791 interno 5", "+34971225791;ext=5"),
    ("+49 30 123456 Durchwahl 12", "+4930123456;ext=12"),
    ("+49 30 123456 DW-12", "+4930123456;ext=12"),
    ("971225791x12", "+34971225791;ext=12"),
    ("971225791 #12", "+34971225791;ext=12"),
    ("971225791 ext. nº 12", "+34971225791;ext=12"),
    # two
    ("971 12 34 56 / 600 11 22 33", "+34971123456"),
    ("971123456/600112233", "+34971123456"),
    ("971 12 34 56 o 600 11 22 33", "+34971123456"),
    ("971 12 34 56 oder +49 171 1234567", "+34971123456"),
    ("600112233 or 601112233", "+34600112233"),
    ("600112233; 601112233", "+34600112233"),
    ("971 12 34 56 - 600 11 22 33", "+34971123456"),
    ("971123456 600112233", "+34971123456"),
    ("+34 971 12 34 56 (+34 600 11 22 33)", "+34971123456"),
    ("971 12 34 56 ext. 7 / 600 11 22 33", "+34971123456;ext=7"),
    ("NIF 12345678Z, tel. 600112233", "+34600112233"),
    ("600112233 12345678Z", "+34600112233"),
    ("nascut el 23/11/1976, 600112233", "+34600112233"),
    ("23.11.2026 600 11 22 33", "+34600112233"),
    ("07001 600112233", "+34600112233"),
    ("971 22 57 91 24/7", "+34971225791"),
    ("971 22 57 91 - 92", "+34971225791"),
    ("971 22 57 91/92", "+34971225791"),
    ("+34&nbsp;600&nbsp;11&nbsp;22&nbsp;33", "+34600112233"),
    ("&#43;34 600 11 22 33", "+34600112233"),
    # a range that a country has not given out yet
    ("500 11 22 33", "+34500112233"),
    ("500 11 22 33 / 501 11 22 33", "+34500112233"),
    ("500 11 22 33 / 600 11 22 33", "+34600112233"),
    ("971,22,57,91", "+34971225791"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "dial"), DIALLED)
def test_a_number_is_kept_as_written_and_as_it_is_dialled(typed: str, dial: str) -> None:
    contact = {"phone": typed}
    body = json.dumps(VALID | {"contact": contact}).encode()
    recorded = read(SubmissionBody, body, Language.ENGLISH).submission().contact
    written = "".join(each for each in typed if each not in "\u202a\u202c\u2068\u2069\u200b\u00ad")
    written = " ".join(written.split())
    assert recorded == {"phone": written, "dial": dial}


@pytest.mark.parametrize(
    "typed",
    [
        *("012", "112", "Tel. 012", "971", "+34", "12345678", "971 12 34 56 7", "97112345"),
        *("no en tinc", "-", "(212) 555-1234", "+999 123456789", "000000000000", "12345678Z"),
        *("anna@example.org", "23/11/2026", "1/2/3", "ext. 45", "x", "++", "+34 012", "9:00-14:00"),
    ],
)
def test_a_text_without_a_possible_number_is_refused(typed: str) -> None:
    said = "Give a phone number; from another country with its prefix, like +49 30 123456."
    assert refusal("contact.phone", typed) == said


def test_a_long_line_with_a_number_is_kept() -> None:
    typed = f"oficina 971 22 57 91, {'o bé a casa ' * 14}"
    assert kept("contact.phone", typed) == typed.strip()
    assert refusal("contact.phone", typed * 2).startswith("Write at most 200 characters")


def test_nobody_but_the_service_says_what_to_dial() -> None:
    assert refusal("contact.dial", "+34600112233") == "This field does not exist."


@given(st.text(max_size=60) | st.text("0123456789+()/.-x# ,;ext", max_size=40))
def test_whatever_is_typed_a_number_to_dial_is_digits_behind_a_plus(typed: str) -> None:
    number, _, extension = (dialable(typed) or "+0").partition(";ext=")
    assert number[0] == "+"
    assert (number[1:] + extension).isdecimal()
