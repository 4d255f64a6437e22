"""What each known error means, and what citizens can do at once without waiting for help."""

from dataclasses import dataclass

from suport.domain.known_errors.catalogue import KnownError, known_errors, look_first, not_again
from suport.domain.language import Language


@dataclass(frozen=True, slots=True)
class Advice:
    """What an error means, and the first thing to do about it.

    It also serves a citizen who has already reported the error.
    """

    error: KnownError

    def meaning_in(self, language: Language) -> str:
        """What it means, in a sentence or two."""
        return self.error.meaning[language]

    def first_step_in(self, language: Language) -> str:
        """What to do first; where money may have moved, it begins with looking whether it did.

        Where it has moved for certain, it begins with not paying again.
        """
        step = self.error.first_step[language]
        if self.error.taken:
            return f"{not_again(language)} {step}"
        return f"{look_first(language)} {step}" if self.error.look_first else step

    def answer_in(self, language: Language) -> str:
        """What to answer somebody who has reported the error."""
        return f"{self.meaning_in(language)} {self.first_step_in(language)}"


def advice_on(error: str) -> Advice:
    """The advice on the known error with that id."""
    return Advice(known_errors()[error])
