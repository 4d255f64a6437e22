"""Which known errors a typed or pasted text states, and which it may mean."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from suport.domain.category import Category
from suport.domain.known_errors.catalogue import KnownError, known_errors
from suport.domain.known_errors.codes import StatedCode, codes_in
from suport.domain.known_errors.plain_text import plain
from suport.domain.known_errors.wordings import Guess, guesses


@dataclass(frozen=True, slots=True)
class Sign:
    """A known error that a text states by its code, or may mean by its words.

    error: its id. code: the one in the text, as the service spells it; None if it was known by
    words. is_listed: False for a code that is only of the form of others. further_codes: others of
    the same error in the text.
    """

    error: str
    code: str | None
    category: Category
    is_listed: bool = True
    further_codes: tuple[str, ...] = ()

    @property
    def known_error(self) -> KnownError:
        """All that the catalogue has of it."""
        return known_errors()[self.error]


def recognise(text: str) -> list[Sign]:
    """The known errors in a typed or pasted text, the most certain first.

    A code is certain, and explains the words around it: words of its own kind of problem are not
    taken for another error, nor is a session or a browser that its own sentence speaks of. Of
    words, the most exact wording comes first. A mere subject ("DNIe") counts only where nothing is
    better.
    """
    searched = plain(text)
    codes = codes_in(searched)
    by_error: dict[str, list[StatedCode]] = {}
    for each in codes:
        by_error.setdefault(each.error.id, []).append(each)
    stated = [_sign(of_one) for of_one in by_error.values()]
    categories = {sign.category for sign in stated}
    found = [each for each in guesses(searched) if not _is_explained(each, codes, categories)]
    meant = [Sign(error.id, None, error.category) for error in _likeliest(found)]
    return [*stated, *meant]


def only_code(signs: Iterable[Sign]) -> str | None:
    """The code that a text states; None if it states none, or several."""
    codes = [code for sign in signs if sign.code for code in (sign.code, *sign.further_codes)]
    return codes[0] if len(codes) == 1 else None


def _sign(codes: Sequence[StatedCode]) -> Sign:
    """What codes of one error are a sign of."""
    first, *others = codes
    error = first.error
    further = tuple(each.code for each in others)
    return Sign(error.id, first.code, error.category, first.is_listed, further)


def _is_explained(guess: Guess, codes: Iterable[StatedCode], of: Container[Category]) -> bool:
    """Whether the words are those of a code: of its kind, or of no team's in its own sentence."""
    category = known_errors()[guess.error].category
    if category in of:
        return True
    beside_code = any(guess.at <= each.at < guess.ends for each in codes)
    return beside_code and category is Category.FUNCTIONAL


def _likeliest(found: list[Guess]) -> list[KnownError]:
    """The errors that words describe, the most exactly described first.

    A wording with all groups of another one and more says the same more exactly.
    """
    exact = [guess for guess in found if not any(guess.groups < each.groups for each in found)]
    best: dict[str, Guess] = {}
    for guess in exact:
        if guess.error not in best or len(guess.groups) > len(best[guess.error].groups):
            best[guess.error] = guess
    order = list(known_errors())
    ranked = sorted(
        best.values(), key=lambda each: (-len(each.groups), each.at, order.index(each.error))
    )
    errors = [known_errors()[guess.error] for guess in ranked]
    return [each for each in errors if not each.general] or errors[:1]
