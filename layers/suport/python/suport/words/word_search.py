"""A search for texts by their words that forgives plurals, gender, and slips of the pen.

>>> search = WordSearch([("housing", (["Ajudes al lloguer"], ["Per pagar una part"]))])
>>> search.find("ajuda lloger")
Found(items=['housing'], instead={'lloger': ('lloguer',)})
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from itertools import pairwise
from math import log

from suport.domain.plain_words import plain, words
from suport.words.inflection import forms
from suport.words.stop_words import STOP_WORDS

MOST_WORDS = 40
"""Words of a query that are looked for."""

MOST_FORGIVEN = 8
"""Words of a query for which similar ones are looked for."""

SHORTEST_FORGIVEN = 4
"""Letters from which on a word is found in spite of one slip."""

FORGIVEN_TWICE = 8
"""Letters from which on a word is found in spite of two slips."""

LONGEST_FORGIVEN = 40
"""Letters up to which something typed can be a word with slips."""

SHORTEST_BEGUN = 7
"""Letters of a beginning that is found in spite of a slip: shorter ones are like too many words."""

SHORTEST_PART = 3
"""Letters of the parts into which words run together are taken apart."""

MOST_INSTEAD = 5
"""Words that are named instead of one that no text has."""

LEAST_SHARE = 0.25
"""The share of a query's weight that an item found by some of its words has more than."""

OF_THE_BEST = 0.5
"""What an item must have, of the weight that the best one has, to be found beside it."""

TELLING_IN = 0.1
"""In how many of the items at most a word is that by itself tells what a query is about."""

FEW = 3
"""So many items are few in any search."""

SHORTEST_TELLING = 4
"""Letters of a beginning that weighs anything: shorter ones begin too many words."""


class Nearness(IntEnum):
    """How a word of a query is in a text, the nearest first.

    WHOLE: as it is. INFLECTED: in another number or gender. BEGUN: as the beginning of a word.
    SIMILAR: with slips, run together, or taken apart.
    """

    WHOLE = 0
    INFLECTED = 1
    BEGUN = 2
    SIMILAR = 3


_WEIGHTS = {
    Nearness.WHOLE: 1.0,
    Nearness.INFLECTED: 0.95,
    Nearness.BEGUN: 0.7,
    Nearness.SIMILAR: 0.6,
}


@dataclass(frozen=True, slots=True)
class Found[T]:
    """What a search found, the nearest first.

    instead: for each word of the query that no text has, similar ones from the texts found, the
    most frequent first. Words typed apart that a text has as one are named together.

    partly: whether no item has all words of the query; those found have some, or similar ones.
    """

    items: list[T]
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partly: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word of a query: as it was typed, in plain letters, and the code that it may be instead."""

    typed: str
    word: str
    code: str = ""


type _Places = Mapping[int, tuple[Nearness, int]]
"""The items, by their places, that have a word: how near it is, and in which of their fields."""

type _Similar = Mapping[str, _Places]
"""Where similar words are, by how they are spelled."""

type _Alike = Callable[[_Asked], _Similar]
"""Looks for words similar to one of the query, once."""


class WordSearch[T]:
    """A search among items, each with the texts of its fields, the weightiest field first.

    codes: names of items that are no words, each with its item's place; each is found as a whole.
    weights: what a word in each field weighs, where weights decide.
    """

    def __init__(
        self,
        entries: Iterable[tuple[T, Sequence[Iterable[str]]]],
        codes: Iterable[tuple[str, int]] = (),
        weights: Sequence[float] = (1.0, 0.8),
    ) -> None:
        """Reads the texts once; a search reads none of them."""
        self._weights = weights
        self._items: list[T] = []
        by_spelling: dict[str, dict[int, int]] = {}
        for place, (item, fields) in enumerate(entries):
            self._items.append(item)
            for number in reversed(range(len(fields))):  # the weightiest stays
                for spelling in words("\n".join(fields[number])):
                    by_spelling.setdefault(spelling, {})[place] = number
        self._spelled: dict[str, str] = {}  # by plain word, as a text spells it
        self._fields: dict[str, dict[int, int]] = {}  # by plain word, the field at each place
        for spelling, at in by_spelling.items():
            word = plain(spelling)
            self._spelled.setdefault(word, spelling)
            if known := self._fields.get(word):
                at |= {each: min(number, at.get(each, number)) for each, number in known.items()}
            self._fields[word] = at
        self._ordered = sorted(self._fields)
        self._by_form: dict[str, list[str]] = {}
        for word in self._ordered:
            for form in forms(word) if word not in STOP_WORDS else ():
                self._by_form.setdefault(form, []).append(word)
        self._codes: dict[str, list[int]] = {}
        for code, place in codes:
            self._codes.setdefault(code.casefold(), []).append(place)

    def find(
        self,
        query: str,
        *,
        among: Callable[[T], bool] = lambda _: True,
        order: Callable[[T], int] = lambda _: 0,
    ) -> Found[T]:
        """The items that have each word of the query, or else those that have the most of it.

        The nearest come first; then `order` decides, then their own order. Stop words exclude
        nothing. A query without any word finds all. A similar word is looked for only where no text
        has the word of the query in any form, nor a word that begins so.

        If no item has all words, the heaviest come first: a word in few items weighs more than one
        in many. A word that many items have finds nothing by itself, nor does a small part of a
        query.

        among: which items may be found.
        """
        asked = self._words_of(query)
        telling = [each for each in asked if each.word not in STOP_WORDS] or asked
        if not telling:
            return Found(sorted(filter(among, self._items), key=order))
        near = {each: self._near(each) for each in telling}
        alike = self._alike()
        for sought, instead in self._readings(asked, near, alike):
            ranks = _ranks(sought)
            places = [place for place in ranks if among(self._items[place])]
            if places:
                places.sort(key=lambda place: (ranks[place], order(self._items[place]), place))
                return Found(
                    [self._items[place] for place in places],
                    {typed: _frequent(similar, places) for typed, similar in instead.items()},
                )
        if all(each.word in STOP_WORDS for each in near):
            return Found([])
        return self._having_some(near, alike, among, order)

    def heaviest(self, query: str) -> list[T]:
        """The items that have the most of the query, the heaviest first, whatever they lack.

        Unlike `find`, it never prefers an item that has all of the words in its lightest field to
        one that has the telling ones in its weightiest. A query without any word finds all.
        """
        asked = self._words_of(query)
        telling = [each for each in asked if each.word not in STOP_WORDS] or asked
        if not telling:
            return [*self._items]
        near = {each: self._near(each) for each in telling}
        shares = self._shares(near, _similar_to_missing(near, self._alike()))
        return [self._items[place] for place in _heaviest(shares)]

    def _having_some(
        self,
        near: Mapping[_Asked, _Places],
        alike: _Alike,
        among: Callable[[T], bool],
        order: Callable[[T], int],
    ) -> Found[T]:
        """The items that have enough of the query's words."""
        similar = _similar_to_missing(near, alike)
        few = max(FEW, int(TELLING_IN * len(self._items)))
        everywhere = {each: _all_similar(similar.get(each, {"": near[each]})) for each in near}
        telling = {place for at in everywhere.values() if len(at) <= few for place in at}
        shares = {
            place: share
            for place, share in self._shares(near, similar).items()
            if share > LEAST_SHARE and place in telling and among(self._items[place])
        }
        places = _heaviest(shares)
        places.sort(key=lambda place: (-shares[place], order(self._items[place]), place))
        return Found([self._items[place] for place in places], partly=bool(places))

    def _shares(
        self, near: Mapping[_Asked, _Places], similar: Mapping[_Asked, _Similar]
    ) -> dict[int, float]:
        """The items' places, each with its share of the weight that the whole query has.

        A word weighs the more, the fewer items have it in that field or a weightier one. One that
        no text has weighs as much as the others on average.
        """
        whole, known, shares = 0.0, 0, dict[int, float]()
        for each, exact in near.items():
            places = exact or _all_similar(similar.get(each, {}))
            if not places:
                continue
            fields = [number for _, number in places.values()]
            rarity = {
                number: log(1 + len(self._items) / sum(other <= number for other in fields))
                for number in {*fields}
            }
            whole += max(rarity.values())
            known += 1
            for place, (nearness, number) in places.items():
                if nearness is Nearness.BEGUN and len(each.word) < SHORTEST_TELLING:
                    continue
                weight = rarity[number] * self._weights[number] * _WEIGHTS[nearness]
                shares[place] = shares.get(place, 0.0) + weight
        whole *= len(near) / known if known else 1
        return {place: weight / whole for place, weight in shares.items()}

    def _words_of(self, query: str) -> list[_Asked]:
        return list(dict.fromkeys(self._asked(query)))[:MOST_WORDS]

    def _alike(self) -> _Alike:
        return cache(lambda asked: self._similar(asked.word))

    def _asked(self, query: str) -> Iterator[_Asked]:
        for typed in query.split():
            code = typed.casefold()
            parts = [(part, plain(part)) for part in words(typed)]
            if code in self._codes and len(parts) != 1:
                yield _Asked(typed, "", code)
            else:
                yield from (_Asked(part, word, code) for part, word in parts if word)

    # What a query may mean

    def _readings(
        self, asked: Sequence[_Asked], near: Mapping[_Asked, _Places], alike: _Alike
    ) -> Iterator[tuple[Sequence[_Places], Mapping[str, _Similar]]]:
        """Where all words of the query are, and which of them are only similar.

        First as it is typed, then with two neighbours as one word, then with similar words for
        those which no text has.
        """
        yield [*near.values()], {}
        for pair in pairwise(asked):
            if any(each in near for each in pair) and all(each.word for each in pair):
                one = self._each_at(self._near_words("".join(each.word for each in pair)))
                others = [places for each, places in near.items() if each not in pair]
                yield [_all_similar(one), *others], {" ".join(each.typed for each in pair): one}
        if sum(not places for places in near.values()) <= MOST_FORGIVEN:
            instead = _similar_to_missing(near, alike)
            similar = {each: _all_similar(instead[each]) for each in instead}
            yield [*{**near, **similar}.values()], {each.typed: instead[each] for each in instead}

    # Words

    def _near(self, asked: _Asked) -> _Places:
        """Where the word is as it is, inflected, or begun, and where it is the code."""
        places: dict[int, tuple[Nearness, int]] = {}
        for word, nearness in self._near_words(asked.word).items():
            for place, number in self._fields[word].items():
                if place not in places or (nearness, number) < places[place]:
                    places[place] = (nearness, number)
        for place in self._codes.get(asked.code, ()):
            places[place] = (Nearness.WHOLE, 0)
        return places

    def _near_words(self, word: str) -> Mapping[str, Nearness]:
        if not word:
            return {}
        near = dict.fromkeys(self._beginning_with(word), Nearness.BEGUN)
        near |= dict.fromkeys(self._inflected(word), Nearness.INFLECTED)
        return near | {word: Nearness.WHOLE} if word in self._fields else near

    def _inflected(self, word: str) -> set[str]:
        return {each for form in forms(word) for each in self._by_form.get(form, ())}

    def _beginning_with(self, start: str) -> Iterator[str]:
        for place in range(bisect_left(self._ordered, start), len(self._ordered)):
            if not self._ordered[place].startswith(start):
                return
            yield self._ordered[place]

    def _similar(self, word: str) -> _Similar:
        return self._run_together(word) or self._each_at(self._nearest(word))

    def _run_together(self, word: str) -> _Similar:
        """Where both parts are of what may be two words without a space between them."""
        found = {}
        longest = len(word) if len(word) <= LONGEST_FORGIVEN else 0
        for end in range(SHORTEST_PART, longest - SHORTEST_PART + 1):
            parts = word[:end], word[end:]
            inflected = [self._inflected(part) for part in parts]
            if all(inflected):
                first, second = (_all_similar(self._each_at(each)) for each in inflected)
                spelled = " ".join(self._spelled.get(part, part) for part in parts)
                both = first.keys() & second.keys()
                found[spelled] = {place: max(first[place], second[place]) for place in both}
        return {spelled: places for spelled, places in found.items() if places}

    def _nearest(self, word: str) -> Collection[str]:
        """The words with the fewest slips, or else those that begin nearly like it."""
        if not SHORTEST_FORGIVEN <= len(word) <= LONGEST_FORGIVEN or not word.isalpha():
            return ()
        slips: dict[str, int] = {}
        for form in forms(word):
            for near, number in _with_slips(form, [*self._by_form]):
                slips[near] = min(number, slips.get(near, number))
        if slips:
            fewest = min(slips.values())
            nearest = [near for near, number in slips.items() if number == fewest]
            of_them = {each for near in nearest for each in self._by_form[near]}
            return set[str]().union(*map(self._inflected, of_them))
        if len(word) < SHORTEST_BEGUN:
            return ()
        begun: dict[str, list[str]] = {}
        for each in self._beginning_with(word[0]):
            for length in range(len(word) - 1, min(len(word) + 2, len(each))):
                begun.setdefault(each[:length], []).append(each)
        alike = [start for start, number in _with_slips(word, [*begun]) if number == 1]
        return {each for start in alike for each in begun[start]}

    def _each_at(self, similar: Iterable[str]) -> _Similar:
        return {
            self._spelled[word]: {
                place: (Nearness.SIMILAR, number) for place, number in self._fields[word].items()
            }
            for word in similar
        }


def _with_slips(word: str, known: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The words like this one, and by how many slips they differ.

    A slip is a letter too many, a letter missing, another letter, or two letters in each other's
    place.
    """
    from rapidfuzz.distance import OSA  # noqa: PLC0415  for what is mistyped, 10 ms
    from rapidfuzz.process import extract  # noqa: PLC0415  as above

    for each, slips, _ in extract(word, known, scorer=OSA.distance, score_cutoff=2, limit=None):
        if slips <= (2 if max(len(word), len(each)) >= FORGIVEN_TWICE else 1):
            yield each, int(slips)


def _similar_to_missing(near: Mapping[_Asked, _Places], alike: _Alike) -> dict[_Asked, _Similar]:
    """The similar words for the first of those that no text has."""
    missing = [each for each, places in near.items() if not places]
    return {each: alike(each) for each in missing[:MOST_FORGIVEN]}


def _heaviest(shares: Mapping[int, float]) -> list[int]:
    """The places that have nearly as much as the best one, that first."""
    least = OF_THE_BEST * max(shares.values(), default=0)
    heavy = [place for place, share in shares.items() if share >= least]
    return sorted(heavy, key=lambda place: (-shares[place], place))


def _all_similar(similar: _Similar) -> _Places:
    """Where any of them is."""
    places: dict[int, tuple[Nearness, int]] = {}
    for at in similar.values():
        for place, rank in at.items():
            places[place] = min(rank, places.get(place, rank))
    return places


def _ranks(sought: Sequence[_Places]) -> dict[int, tuple[int, int, int]]:
    """The places of all that is sought, each with how near all of it is there."""
    ranks = {}
    fewest = min(sought, key=len)
    for place in fewest:
        if all(place in each for each in sought):
            near, fields = zip(*(each[place] for each in sought), strict=True)
            ranks[place] = (max(near), sum(near), max(fields))
    return ranks


def _frequent(similar: _Similar, places: Sequence[int]) -> tuple[str, ...]:
    """Those of the similar words that are at these places, the most frequent first."""
    among = set(places)
    counts = {word: len(among & at.keys()) for word, at in similar.items()}
    frequent = sorted(filter(counts.get, counts), key=lambda word: (-counts[word], word))
    return tuple(frequent[:MOST_INSTEAD])
