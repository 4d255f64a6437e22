"""The counter beside a text counts what the service counts, however the text was pasted."""

import random
import re

from suport.domain.submission import LONGEST_DESCRIPTION
from suport.domain.typed_text import paragraphs
from suport.http.text_length import characters
from tests.support.browser import Visitor
from tests.support.pasted import COUNTED

PASTED = [
    *(text for text, _ in COUNTED),
    *("plain", "Això és l'«error» — 100 €", " \n two lines \n ", "a\tb", "non\u00a0breaking"),
    *("e\u0301", "e\u0301\u0301", "\u1100\u1161\u11a8", "กำ", "नमस्ते", "क्षि", "தமிழ்", "ന്\u200d"),
    *(
        "👩‍👩‍👧‍👦",
        "👩🏽‍❤️‍💋‍👨🏽",
        "🏳️‍🌈",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "🇪🇸🇨🇦",
        "1️⃣",
        "👍🏽",
        "❤️",
        "e\u200d👩",
        "👩\u200d\u200d👩",
    ),
    *("a\vb\fc\x85d\u2028e\u2029f", "\ufeffa\u200bb\u00adc\u2060", "\u200b" * 10, "\u3164\u2800"),
    *("\x1b[31mred\x1b[0m", "\x1b]0;title\x07x", "\x1b]unended", "a\x1bb", "\x1b(Bx", "\x9b1mx"),
    *(
        "می\u200cخواهم",
        "a\u200cb",
        "\u200f\u200eabc",
        "שלום\u200f!",
        "\u202eabc\u202c",
        "\u2067ש\u2069",
    ),
    *(
        "a\U000e0067b",
        "x\ufffe",
        "\u0301 abc",
        "\u0301\u0301",
        "\u1160",
        "\x01\x7f",
        "𝒜𝓫",
        "x" * 4001,
    ),
]
PIECES = [
    *"aé1 \n\t\v\f\x85\u2028\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f",
    *"\u202a\u202e\u2060\u2069\ufeff",
    *(
        "\x1b",
        "[",
        "]",
        "31",
        "m",
        ";",
        "\x07",
        "\\",
        "\u0301",
        "\u0489",
        "\ufe0f",
        "\u20e3",
        "\u3164",
    ),
    *(
        "👩",
        "🏽",
        "❤",
        "🇪",
        "🏴",
        "\U000e0067",
        "\U000e007f",
        "क\u094dष",
        "नि",
        "ש",
        "ب",
        "ം",
        "각",
        "\u11a8",
        "\u0985",
        "\u09cd",
        "\u09af",
        "\u0d7b",
    ),
]


def test_the_counter_counts_as_the_service_does(visitor: Visitor) -> None:
    chance = random.Random(8012)  # noqa: S311  the same texts each time
    mixed = ["".join(chance.choices(PIECES, k=chance.randint(1, 12))) for _ in range(1500)]
    texts = PASTED + mixed
    page = visitor.open("en/incident?category=functional")
    told = page.evaluate(
        """(texts) => {
            const field = document.getElementById("description");
            const status = field.parentElement.querySelector(".govuk-character-count__status");
            return texts.map((text) => {
                field.value = text;
                field.dispatchEvent(new Event("input"));
                return status.textContent;
            });
        }""",
        texts,
    )
    left = [int("".join(re.findall(r"\d", each)) or 0) for each in told]
    counted = [
        LONGEST_DESCRIPTION + number if "too many" in each else LONGEST_DESCRIPTION - number
        for number, each in zip(left, told, strict=True)
    ]
    expected = [characters(paragraphs(text.replace("\r\n", "\n"))) for text in texts]
    wrong = [
        each
        for each in zip(map(ascii, texts), counted, expected, strict=True)
        if each[1] != each[2]
    ]
    assert wrong == []
