"""What happened to an incident, in operators' words: nothing is without a text."""

import pytest

from suport.domain.attachment import Refusal
from suport.domain.history import Done, Kind, LookPurpose
from suport.domain.incident import Actor, Category
from suport.domain.language import Language
from suport.domain.operator_identity import Role
from suport.domain.owed_mail import MailKind
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
