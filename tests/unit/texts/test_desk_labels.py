"""What happened to an incident, in operators' words: nothing is without a text."""

import pytest

from suport.domain.attachment import Refusal
from suport.domain.category import Category
from suport.domain.history import Done, Kind, LookPurpose
from suport.domain.incident import Actor
from suport.domain.language import Language
from suport.domain.operator_identity import Role
from suport.domain.owed_mail import MailKind
from suport.domain.remote_session import EndReason, Surface, Way
from suport.texts import desk_labels

FACTS = {
    "operator": "marta",
    "colleague": "joan",
    "mail": MailKind.REPLY,
    "from": Category.PAYMENT,
    "to": Category.SIGNATURE,
    "reason": Refusal.ARCHIVE,
    "score": 4,
    "until": "2026-12-08",
}


@pytest.mark.parametrize("language", Language)
def test_whatever_is_done_has_a_text_of_its_own(language: Language) -> None:
    unknown = desk_labels.happened({"kind": "none"}, language)
    entries = [{"kind": Kind.ACTION, "action": done} for done in Done]
    entries += [{"kind": Kind.MESSAGE, "by": by} for by in (Actor.CITIZEN, Actor.OPERATOR)]
    entries += [{"kind": kind} for kind in (Kind.NOTE, Kind.MAIL, Kind.ATTACHMENT, Kind.RATING)]
    said = [desk_labels.happened(entry | FACTS, language) for entry in entries]
    assert unknown not in said
    assert not any("{" in each for each in said)


def test_a_transfer_and_a_takeover_name_both_sides() -> None:
    transfer = {"kind": Kind.ACTION, "action": Done.TRANSFERRED} | FACTS
    assert desk_labels.happened(transfer, Language.ENGLISH) == (
        "marta passed it on: from Problems with a payment to Problems with signing or a certificate"
    )
    taken = {"kind": Kind.ACTION, "action": Done.TAKEN_OVER} | FACTS
    assert desk_labels.happened(taken, Language.ENGLISH) == "marta took it over from joan"


def test_every_role_and_every_purpose_has_a_text() -> None:
    assert desk_labels.ROLES.keys() == set(Role)
    assert desk_labels.LOOK_PURPOSES.keys() == set(LookPurpose)
    assert desk_labels.LANGUAGES.keys() == set(Language)


@pytest.mark.parametrize(
    ("done", "fact", "values"),
    [
        (Done.REMOTE_JOINED, "via", [*Way, None]),
        (Done.REMOTE_VIEWING, "surface", [*Surface, None]),
        (Done.REMOTE_ENDED, "reason", [*EndReason]),
    ],
)
def test_each_way_in_which_a_remote_session_goes_has_a_text_of_its_own(
    done: Done, fact: str, values: list[str | None]
) -> None:
    entry = {"kind": Kind.ACTION, "action": done, "by": Actor.CITIZEN}
    told = [desk_labels.happened(entry | {fact: value}, Language.ENGLISH) for value in values]
    assert desk_labels.happened({"kind": "none"}, Language.ENGLISH) not in told
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    ("by", "reason", "seconds", "told"),
    [
        (
            Actor.CITIZEN,
            EndReason.STOPPED,
            0,
            "The citizen ended the remote support session; the screen was not shown",
        ),
        (
            Actor.OPERATOR,
            EndReason.STOPPED,
            245,
            "marta ended the remote support session; the screen was shown for 4\u00a0min 5\u00a0s",
        ),
        (
            Actor.SERVICE,
            EndReason.TIME,
            59,
            (
                "The remote support session ended because its time was over; "
                "the screen was shown for 59\u00a0s"
            ),
        ),
    ],
)
def test_the_end_of_a_remote_session_says_who_ended_it_or_why_and_how_long_it_was_shown(
    by: Actor, reason: EndReason, seconds: int, told: str
) -> None:
    entry = {"kind": Kind.ACTION, "action": Done.REMOTE_ENDED, "by": by, "reason": reason}
    facts = {"operator": "marta", "seconds": seconds}
    assert desk_labels.happened(entry | facts, Language.ENGLISH) == told
