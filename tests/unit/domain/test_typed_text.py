"""What becomes of a text that somebody typed or pasted, whatever field it is for."""

import unicodedata
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suport.domain.typed_text import bare, is_blank, line, paragraphs, pasted

FAMILY = "👩‍👩‍👧‍👦"
ENGLAND = "🏴󠁧󠁢󠁥󠁮󠁧󠁿"

PASTED = [
    # line breaks: Word, PDF, mainframes, Unicode, old Macs, Windows
    ("Primer\vSegon", "Primer\nSegon"),
    ("pàgina 1\fpàgina 2", "pàgina 1\npàgina 2"),
    ("one\x85two", "one\ntwo"),
    ("one\u2028two\u2029three", "one\ntwo\nthree"),
    ("one\rtwo\r\nthree\n\rfour", "one\ntwo\nthree\n\nfour"),
    ("\n\n  Hola \t\n", "Hola"),
    ("a\tb", "a\tb"),
    # terminals
    ("\x1b[31mERROR\x1b[0m: 190", "ERROR: 190"),
    ("\x1b[1;38;5;196mbold\x1b[m", "bold"),
    ("\x1b[2K\x1b[1Gprogress\x1b[?25h", "progress"),
    ("\x1b]0;anna@host: ~\x07$ ls", "$ ls"),
    ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
    ("\x1b(Btext\x1b)0", "text"),
    ("\x1b7saved\x1b8", "saved"),
    ("\x9b31mred\x9b0m", "red"),
    ("cut off \x1b[3", "cut off"),
    ("\x1b]a title without end\nand the text", "]a title without end\nand the text"),
    ("\x1bHola", "Hola"),
    ("bell\x07 back\x08space \x7f\x01", "bell backspace"),
    # what has no width
    ("\ufeffSAF_09", "SAF_09"),
    ("ad\u00admi\u00adnis\u00adtra\u00adció", "administració"),
    ("zero\u200bwidth\u2060joined", "zerowidthjoined"),
    ("plain\u200d with\u200c joiners", "plain with joiners"),
    ("\u200ea left-to-right\u200f \u202bline\u202c \u2067here\u2069", "a left-to-right line here"),
    ("\u202egnp.exe\u202c", "gnp.exe"),
    ("x\u180ey e\u034f\u0301 \u034fz", "xy é z"),
    ("hidden\U000e0068\U000e0069 tags", "hidden tags"),
    ("no\ufffe\ufdd0 character", "no character"),
    # what means something stays
    (FAMILY, FAMILY),
    ("ᠮᠣ\u180eᠩ", "ᠮᠣ\u180eᠩ"),
    (ENGLAND, ENGLAND),
    ("❤️ 1️⃣ 👍🏽 🏳️‍🌈", "❤️ 1️⃣ 👍🏽 🏳️‍🌈"),
    ("می‌خواهم", "می‌خواهم"),
    ("क्‍ष श्रीमान्‌को", "क्‍ष श्रीमान्‌को"),
    ("ന്‍ ആണ്", "ന്‍ ആണ്"),
    ("\u200fשלום\u200f (Anna)\u200e 3", "\u200fשלום\u200f (Anna)\u200e 3"),
    ("un\u00a0espai dur, 10\u202f000\u00a0€", "un\u00a0espai dur, 10\u202f000\u00a0€"),
    ("no‑break‑hyphen – dash", "no‑break‑hyphen – dash"),
    ("\n \n  1. Obriu\n  2. Signau\n \n", "  1. Obriu\n  2. Signau"),
    ("  in one line  ", "in one line"),
    # composed
    ("Matri\u0301cula inco\u0300moda", "Matrícula incòmoda"),
    ("\u1112\u1161\u11ab", "한"),
    ("e\u200b\u0301", "é"),
    # what no rule can mend is left to be refused
    ("a NUL\0", "a NUL\0"),
    ("half \ud83d", "half \ud83d"),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "kept"), PASTED, ids=lambda text: ascii(text)[:30])
def test_a_text_loses_only_what_nobody_sees(pasted: str, kept: str) -> None:
    assert paragraphs(pasted) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" \r\n\n   SAF_08  \n \t\n", "   SAF_08"),
        ("\t190", "\t190"),
        ("  at es.caib.A\n\n    at es.caib.B", "  at es.caib.A\n\n    at es.caib.B"),
        (" \n\u200b\n", ""),
        ("\u200b  E\u200bRR ", "  ERR"),
    ],
)
def test_of_an_error_only_blanks_around_its_lines_go(typed: str, kept: str) -> None:
    assert pasted(typed) == pasted(kept) == kept


@pytest.mark.parametrize(
    "separator", [*"\t\n\v\f\r\x85\u2028\u2029", "\r\n", " \n\t ", "\u00a0", "\u3000"]
)
def test_in_one_line_every_break_and_tab_is_a_space(separator: str) -> None:
    assert line(f"Anna{separator}Pons") == "Anna Pons"


@pytest.mark.parametrize(
    "unseen",
    [
        *("", " \n\t\u00a0\u2003", "\u200b" * 10, "\ufeff\u2060\u00ad"),
        *("\u200f\u202a\u2066", "\x01\x1b[0m"),
        *("\u115f\u1160\u3164\uffa0" * 3, "\u2800" * 10, "\u0301\u0323" * 5),
        *("\ufe0f\u20e3", "\u200d\u200c"),
        *("\U000e0041\U000e0042", "\U000e0100", "\u061c\u180e", "\u034f\u17b4"),
        *(" \u0301 ", "\ufffc"),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_text_of_nothing_visible_is_blank(unseen: str) -> None:
    assert is_blank(unseen)
    assert paragraphs(unseen) == line(unseen) == ""


@pytest.mark.parametrize("seen", [".", "0", "한", "🙂", "\0", "a\u0301", "ب", "\ue000", "\u200b-"])
def test_a_text_with_one_visible_sign_is_not_blank(seen: str) -> None:
    assert not is_blank(seen)


PIECES = st.sampled_from(
    [
        *"aB1é \t\n\r\v\f\x85\u2028\u00a0\x00\x01\x1b\x9b[];m?(\\\x07\x9c~",
        *"\u00ad\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202e\u2060\u2067\u2069\ufeff\ufe0f",
        *("\u0301", "\u0958", "\u3164", "ש", "ب", "क", "\u094d", "👩", "🏴", "❤", "\U000e0067"),
    ]
)
texts = st.lists(PIECES, max_size=15).map("".join) | st.text()


@given(texts)
def test_a_mended_text_has_nothing_more_to_mend(text: str) -> None:
    assert paragraphs(paragraphs(text)) == paragraphs(text)
    assert pasted(pasted(text)) == pasted(text)
    assert pasted(text).strip() == paragraphs(text).strip()
    assert line(line(text)) == line(text) == line(paragraphs(text))


def seen(text: str) -> list[str]:
    """The letters, figures and signs of a text, each without its marks."""
    parted = unicodedata.normalize("NFD", text)
    return [each for each in parted if unicodedata.category(each)[0] in "LNPS"]


@example("a\x01\u0301")
@given(texts.filter(lambda text: not set(text) & set("\x1b\x9b")))
def test_nothing_visible_is_lost_and_nothing_added(text: str) -> None:
    expected = seen("".join(each for each in text if unicodedata.category(each) != "Cf"))
    assert paragraphs(text) == "" or seen(paragraphs(text)) == expected


@given(texts)
def test_no_text_gets_longer(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert len(line(text)) <= len(paragraphs(text)) <= max(len(text), len(composed))


@given(texts)
def test_a_line_has_no_breaks(text: str) -> None:
    assert len(line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("＋３４ ６００", "+34 600"),
        ("٦٠٠", "600"),
        ("971–22‑57−91", "971-22-57-91"),
        ("\u2066a＠b\u2069", "a@b"),
    ],
)  # fmt: skip
def test_a_parser_gets_the_signs_of_ascii(typed: str, read: str) -> None:
    assert bare(typed) == read


@pytest.mark.parametrize(
    "endless",
    [
        *("x" + "\u0301\u0323" * 400_000, "a" + " " * 900_000 + "b", "\x1b[" * 300_000 + "é"),
        *("\x1b]" * 300_000 + "é", "👩\u200d" * 200_000, "\u200f" * 500_000 + "é"),
        "\n \t" * 300_000,
        *("🏴" + "\U000e0067" * 200_000, "é\x1b[" + "0" * 900_000),
    ],
    ids=lambda text: ascii(text)[:20],
)  # fmt: skip
def test_the_longest_text_that_a_request_carries_is_read_in_time(endless: str) -> None:
    began = process_time()
    line(endless)
    assert process_time() - began < 8  # of the 29 seconds that a request may take
