"""The canned replies of the web desk: filled in, and never sent with a gap."""

import re
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.procedures import catalogue
from suport.register.register import Register
from suport.texts.canned_replies import (
    Facts,
    Reply,
    facts_of,
    gaps,
    gaps_left,
    replies,
    reply_named,
)
from suport.texts.field_names import with_name
from suport.texts.placeholders import PLACEHOLDERS, filled, used
from tests.support.register import a_submission

NOW = datetime(2026, 4, 1, 22, 30, tzinfo=UTC)  # in Madrid it is the second of April already
NOBODY = dict.fromkeys(PLACEHOLDERS)
KNOWN = Facts(
    "Coloma Reus",
    "7K3M-9QXA-2BTC",
    "Ajuts al transport escolar",
    "2\N{NO-BREAK SPACE}d'abril del 2026",
)
UNKNOWN = Facts(None, "7K3M-9QXA-2BTC", None, "2\N{NO-BREAK SPACE}d'abril del 2026")
_TRACE = re.compile(r"[ («“„][,:.;)]|[«“„][»”“]|\(\)| {2}|^[ ,:]|[ ,:]{2}$|,:", re.MULTILINE)
SHIPPED = [
    pytest.param(reply, id=f"{reply.team}/{reply.name}.{language}")
    for team, language in product(Category, Language)
    for reply in replies(team, language)
]


def claimed(register: Register, **changes: object) -> Incident:
    made = register.submit(a_submission(**changes), "k" * 16, b"secret", NOW)
    return register.claim(made.reference, "neus", made.category, NOW)


@pytest.mark.parametrize("reply", SHIPPED)
@pytest.mark.parametrize("facts", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_a_shipped_reply_reads_naturally_whatever_is_known(reply: Reply, facts: Facts) -> None:
    text = reply.filled(facts)
    assert "{" not in text
    assert gaps(text) == re.findall(r"\[\[.*?\]\]", reply.text)
    assert _TRACE.search(text) is None


def test_a_reply_greets_by_name_and_without_one_as_well() -> None:
    greetings = {
        language: [
            reply.filled(facts).splitlines()[0]
            for facts in (KNOWN, UNKNOWN)
            for reply in replies(Category.PAYMENT, language)[:1]
        ]
        for language in Language
    }
    assert greetings == {
        Language.CATALAN: ["Bon dia, Coloma Reus,", "Bon dia,"],
        Language.SPANISH: ["Buenos días, Coloma Reus:", "Buenos días:"],
        Language.ENGLISH: ["Hello Coloma Reus,", "Hello,"],
        Language.GERMAN: ["Guten Tag Coloma Reus,", "Guten Tag,"],
    }


STATES_NO_RESULT = {"ask-details", "call-012", "do-not-pay-again", "which-certificate"}
"""The replies that ask, tell what to do, or say what depends on what the citizen finds."""


@pytest.mark.parametrize("reply", SHIPPED)
def test_a_reply_that_states_a_result_has_a_gap_for_what_the_operator_checked(reply: Reply) -> None:
    assert ("[[" in reply.text) == (reply.name not in STATES_NO_RESULT)


@pytest.mark.parametrize("language", Language)
def test_each_placeholder_is_in_a_shipped_reply_of_every_language(language: Language) -> None:
    texts = [reply.text for team in Category for reply in replies(team, language)]
    assert set.union(*map(used, texts)) == set(PLACEHOLDERS)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Estimada {name}, gràcies.", "Estimada, gràcies."),
        ("{name}, hem vist el problema.", "Hem vist el problema."),
        ("Hola,\n{ Name }: gràcies.", "Hola,\nGràcies."),
        ("Referència: {reference}\nTràmit: «{procedure}»\nData: {date}.\nFins aviat", "Fins aviat"),
        ("Your application ({procedure}) arrived.", "Your application arrived."),
        ('Open "{procedure}" again.', "Open again."),
        ("Am Verfahren „{procedure}“, Schritt 2", "Am Verfahren, Schritt 2"),
        ("It is {date}", "It is"),
    ],
)
def test_what_is_not_known_leaves_no_trace(text: str, left: str) -> None:
    assert filled(text, NOBODY) == left
    blank = dict.fromkeys(PLACEHOLDERS, " \n ")
    assert filled(text, blank) == left


@given(
    st.lists(st.sampled_from([*(f"{{{word}}}" for word in PLACEHOLDERS), ", ", "(", "» ", "x"])),
    st.fixed_dictionaries(
        {
            word: st.none() | st.sampled_from(["Ada", "", "{date}", "{name}"])
            for word in PLACEHOLDERS
        }
    ),
)
def test_what_is_filled_in_is_not_filled_in_again(
    parts: list[str], facts: dict[str, str | None]
) -> None:
    values = [facts[part[1:-1]] for part in parts if part.startswith("{")]
    text = filled("".join(parts), facts)
    assert text.count("{") == sum("{" in (value or "") for value in values)
    assert text.count("Ada") == values.count("Ada")


@given(st.text(st.characters(exclude_characters="{}")))
def test_a_text_without_placeholders_stays_as_it_is(text: str) -> None:
    assert filled(text, NOBODY) == text


def test_a_misspelt_placeholder_has_to_be_filled_in_by_the_operator() -> None:
    assert filled("Bon dia, {nom}: {0} {a b}", NOBODY) == "Bon dia, [[nom]]: {0} {a b}"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Choose [[which one]] of [[how many]].", ["[[which one]]", "[[how many]]"]),
        ("Choose [[which [big] one]].", ["[[which [big] one]]"]),
        ("Choose [[which\nor none", ["[[which"]),
        ("Hello { name },", ["{ name }"]),
        ("Set list[0][1] and {x} in [brackets].", []),
    ],
)
def test_a_text_with_a_gap_is_not_finished(text: str, left: list[str]) -> None:
    assert gaps(text) == left
    wrong = gaps_left(text)
    told = with_name("body", wrong).in_(Language.CATALAN) if wrong else ""
    assert [each for each in left if each in told] == left
    assert (wrong is None) == (left == [])


def test_an_answer_is_filled_in_with_what_the_incident_says(register: Register) -> None:
    contact = {"email": "coloma@example.test", "name": "Coloma Reus"}
    incident = claimed(register, contact=contact, procedure={"name": "Un tràmit d’un altre lloc"})
    assert facts_of(incident, "neus", Language.CATALAN, NOW) == Facts(
        "Coloma Reus",
        incident.reference,
        "Un tràmit d’un altre lloc",
        "2\N{NO-BREAK SPACE}d'abril del 2026",
    )
    assert facts_of(incident, "biel", Language.GERMAN, NOW).name is None, "a colleague has it"


def test_a_procedure_has_the_name_that_the_catalogue_gives_it_in_that_language(
    register: Register,
) -> None:
    listed = next(each for each in catalogue().procedures if len(set(each.names.values())) > 1)
    incident = claimed(register, procedure={"code": listed.code, "name": "as the citizen saw it"})
    told = {facts_of(incident, "neus", each, NOW).procedure for each in listed.names}
    assert told == set(listed.names.values())


def test_no_team_has_a_reply_of_another() -> None:
    assert reply_named(Category.PAYMENT, "card-refused", Language.GERMAN)
    assert reply_named(Category.SIGNATURE, "card-refused", Language.GERMAN) is None
