"""What the web desk suggests for an answer: what is known about the error, and canned replies."""

from dataclasses import dataclass

from suport.domain.category import Category
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.suggestions import known_errors, likelier_team, ranked
from suport.texts.canned_replies import Reply, replies
from suport.texts.known_errors import advice_on


@dataclass(frozen=True, slots=True)
class KnownError:
    """A known error, in the language of the answer.

    code: the error's, if it has one. answer: what it means and the first thing to do about it.
    """

    code: str | None
    meaning: str
    answer: str


@dataclass(frozen=True, slots=True)
class SuggestedReply:
    """A canned reply. fits: whether something in the incident speaks for it."""

    reply: Reply
    fits: bool


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may help with an answer, the best first; all of it is the incident's own team's.

    likelier_team: the team to which the incident should perhaps be transferred.
    """

    known_errors: tuple[KnownError, ...]
    replies: tuple[SuggestedReply, ...]
    likelier_team: Category | None = None


def suggestions(incident: Incident, language: Language | None = None) -> Suggestions:
    """What is suggested to the team that has the incident, in its citizen's or another language."""
    language, team = language or incident.language, incident.category
    found = known_errors(incident)
    signs = [sign for sign in found if sign.category is team]
    by_name = {reply.name: reply for reply in replies(team, language)}
    return Suggestions(
        tuple(
            KnownError(sign.code, advice.meaning_in(language), advice.answer_in(language))
            for sign in signs
            for advice in [advice_on(sign.error)]
        ),
        tuple(
            SuggestedReply(by_name[each.name], each.fits)
            for each in ranked(by_name, incident, signs)
        ),
        likelier_team(incident, found),
    )
