"""Phone numbers as people write them: with labels, names, extensions, or two at a time."""

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import unquote

from suport.domain import typed_text

_COUNTRY, _SPAIN = "ES", 34  # of a number without prefix
_MOST_DIGITS = 18  # the fifteen of E.164 behind "00", and a "(0)"

# What has no letter in it may be a number, or several. A piece of it is one number, or the part of
# one before or after a sign that also stands between numbers, such as a slash.
_WITHOUT_LETTERS = re.compile(r"[\W\d_]+")
_BRACKETS = str.maketrans("[]{}", "()()")
_PIECE = re.compile(r"(?:\+\s*)?[\d(][\d\s).-]*")
_BETWEEN_NUMBERS = set(",;|#=&?")
# Digits of no phone number: of a list, times of day, dates, the last of a row of numbers,
# identity numbers.
_OTHER_DIGITS = re.compile(
    r"""(?: ^ | (?<=[/,;|]) ) \s* \d{1,2} [.)] \s+ (?=[+(\d])
    | (?<![\d(+]) \d \) \s+ (?=[+(\d])
    | (?<![\d:]) \d{1,2} : \d\d (?![\d:])
    | (?<![\d.]) [012]?\d \. [0-5]\d \s* - \s* [012]?\d \. [0-5]\d (?![\d.])
    | (?: ^ | (?<=\() | (?<=[a-z]\s) ) [012]?\d \s* (?:-|a|bis) \s* [012]?\d (?= \)? \s+ \d{3} )
    | (?: ^ | \b cp \s ) \s* [0-5]\d{4} (?= \s+ \d{3} )
    | \b (?: les | las | the | um | at | ab ) \s+ [012]?\d (?= \s+ \d{3} )
    | (?<![\d./-]) [0-3]?\d ([/.-]) [01]?\d \1 (?:19|20)\d\d (?![\d./-])
    | (?<!\d) (?: 24 \s* / \s* 7 | 7 \s* / \s* 24 ) (?!\d)
    | (?<!\d) \d{7,8} (?= -? [a-wyz] \b)
    | (?<!\d) (?: [012]?\d [.:] )? \d{1,2}
        (?= \s* (?: h | hs | hrs | hores | horas | uhr | am | pm ) \b)""",
    re.VERBOSE,
)
# The number of a room, a file or the like, and behind it a whole phone number.
_OTHER_NUMBER = re.compile(
    r"""(?: (?<![^\W_]) ([^\W\d_]+) [.:\s]* | ^\W* \#) (\d{1,6} (?: [/-] \d{1,6} )?) \s*\)? [\s,]+
    (?= \+ | ([5-9]\d\d (?: (?:[\s.-]?\d{3}){2} | (?:[\s.-]?\d\d){3} )) (?! [\s.-]? \d) )""",
    re.VERBOSE,
)
# What stands behind a number: a range of hours, a bracket, the end of a row of numbers or of one
# number, and a count, a floor or a town with its postcode. Times have become "|" by then.
_HOUR = r"(?: (?: [01]?\d | 2[0-4] ) (?: [.:h] [0-5]\d )? h? | \| h? )"
_HOURS_BEHIND = re.compile(
    rf"""(?<=[\d)]) (?: \s* [,;/-] )? \s+ (?: (?: de | von | from ) \s+ )?
    {_HOUR} \s* (?: - | \b (?: a | to | bis | fins | hasta | alle | y | i ) \b ) \s* {_HOUR}
    (?! [\d-] )""",
    re.VERBOSE,
)
_BRACKET_BEHIND = re.compile(r"(?<=[\d)])\s*(?=\(\s*(?!0\s*\))\d)")
_COUNT_BEHIND = re.compile(
    r"""(?<=[\d)]) (?: \s* (?P<sign> [,;/-] ) )? \s+
    (?P<count> \d{4}-\d{3} | \d\d-\d{3} | \d{1,5} )
    (?: (?P<space> [.ºª°]? \s+ | [.ºª°] ) | (?<=\d) ) (?P<word> [^\W\d_]+ )""",
    re.VERBOSE,
)
_END_BEHIND = re.compile(r"(?<=[\d)])\s+-\s+\d{1,2}(?!\s*[\d-])")
_NUMBER_BEFORE = re.compile(r"(?:\+\s*)?[\d(][\d\s()./-]*$")
_UNIT = re.compile(
    r"(?:h|hs|hrs|x|sim|sims|hor(?:es|as)?|hours?|stunden|std|uhr|dies|dias|days|tage?|vegades"
    r"|veces|times|mal|pis|piso|planta|stock|og|etage|floor)"
)
_FEWEST_DIGITS = 7  # of a number with its prefix
_FEWEST_WITHOUT_PREFIX = 9  # of Spain, or with a prefix that begins "00"
_LONG_GROUP = 6  # digits of one who writes a number, or the most of it, without spaces
_LONG_NUMBER = 9  # digits of one that hardly goes on
_SHORTEST_WORD = 3  # letters
_POSTCODE = (4, 5)  # digits
# Prefixes without a plus, as WhatsApp's links have them, and prefixes behind the number, which is
# where a text from right to left puts them.
_CHAT_LINK = re.compile(r"(\bwa\.me/|\bwhatsapp\.com/send/?\?phone=)\+?(?=\d)")
_PREFIX_BEHIND = re.compile(r"\s*(\d[\d\s()./-]*?)\s*\+\s*(\d{0,3})\s*")
_SCIENTIFIC = re.compile(r"(?<![\d.,])(\d)[.,](\d+)e\+(\d\d)(?!\d)")  # a spreadsheet's
_FAX = re.compile(r"(?:\b|tele)fax(?:number|nummer|nr)?\b|\bfx\b")
# "No fax", "not a fax", "Fax: no en tinc".
_NO_FAX = re.compile(
    r"""\b (?: no | not | nicht | sense | sin | ohne | without | kein(?:e|en|em|er)? | isn.t )
    \s+ (?: (?: es | is | a | an | un | una | cap | ningun | tinc | tenim | tengo
        | tenemos | te | tiene | hi | ha | hay | have | the | el | das | ein | any ) \s+ ){0,3}
    (?: tele)?fax(?:number|nummer|nr)? \b
    | \b (?:tele)?fax(?:number|nummer|nr)? \W+ (?: (?: hab\w* | ich | have | i ) \W+ ){0,2}
    (?: no \s+ (?: en | lo | hi )? \s* (?: tinc | tenim | tengo | tenemos | ha | hay | disponible )
        | keine?s? | none | ninguno? | nicht \s+ vorhanden | nein ) \b""",
    re.VERBOSE,
)
_FIXED_OR_FAX = re.compile(r"(?:^|[\W_])f[.:]\s*\W*$")  # of a signature that has a T., too
_VOICE = re.compile(r"\b(?:t|tf|tfno?|tlf|tel(?!efax)\w*|phone|fon|mob\w*|mov\w*|handy|cell)\b")
_LABEL = re.compile(f"{_FAX.pattern}|{_VOICE.pattern}")
_IN_BRACKETS = re.compile(r"\s*\(([^()\d]*)\)")
_LONGEST_WRITTEN = 60  # characters of a number, with all the signs in it
# From 6 on a number may be a Spanish one with a digit too many.
_UNSPACED = re.compile(r"(?<![\w+])(?<!\d[/.,:-])[1-5]\d{10,14}(?!\w|[/.,:-]\d)")
_SHORTEST_WITH_PREFIX = 11  # digits, where no plus says that there is a prefix
_LONGEST_END_OF_ROW = 3  # digits
_STATED_APART = re.compile(r"(?<!\d)(\d[\d().-]*+)(.*?);phone-context=(\+\d+)")
_EXTENSION = re.compile(
    r"""[\s,;:([/.-]*
    (?: (?: extensions? | extensio | extn? | anexo | ramal | poste | durchwahl | dw | nebenstelle
          | nst | apparat | app | klappe | kl | internal | interno | intern | interior | int
        ) (?![^\W\d_]) | x (?![^\W\d_]) | \# )
    [\s.:=#-]* (?: n[or]? [.\s]+ )? (\d{1,8}) (?!\d)""",
    re.VERBOSE,
)


def dialable(typed: str) -> str | None:
    """The first number in the text, to dial: E.164, with its extension as in RFC 3966.

    A number that a country has given out comes before one that is merely possible, and neither is
    that of a fax. None if there is none: neither "971" nor "012" is the number of a person.

    >>> dialable("Oficina: 971 22 57 91 ext. 3 / mòbil 600 11 22 33")
    '+34971225791;ext=3'
    """
    found = [each for each in _found(typed) if each.line is not _Line.FAX]
    if not found:
        return None
    best = min(found, key=lambda each: (not each.is_valid, each.line))
    extension = _EXTENSION.match(best.text, best.end)
    return f"{best.number};ext={extension[1]}" if extension else best.number


def is_fax(typed: str) -> bool:
    """Whether each number in the text is that of a fax, and there is one."""
    lines = {each.line for each in _found(typed)}
    return lines == {_Line.FAX}


class _Line(IntEnum):
    """What answers at a number, the likeliest person first."""

    PERSON = 1
    PERSON_OR_FAX = 2
    FAX = 3


class _Found(NamedTuple):
    """A number in a text, and where."""

    text: str
    number: str
    is_valid: bool
    start: int
    end: int
    line: _Line


def _found(typed: str) -> list[_Found]:
    """Every number that can be read in the text."""
    found = [
        _Found(text, *number, _line(text, *number[2:]))
        for text in _readings(typed)
        for run in _WITHOUT_LETTERS.finditer(text)
        for number in _numbers(text, run)
    ]
    if not any(each.is_valid for each in found):
        found += _without_plus(_read(typed))
    faxes = [each for each in found if each.line is _Line.FAX]
    return faxes + [
        each
        for each in found
        if not any(each.start < fax.end and fax.start < each.end for fax in faxes)
    ]


def _without_plus(text: str) -> Iterator[_Found]:
    """The numbers written without spaces, with a prefix that only lacks its plus."""
    for digits in _UNSPACED.finditer(text):
        number = _number(f"+{digits[0]}")
        if number and number[1]:
            yield _Found(text, *number, *digits.span(), _line(text, *digits.span()))


def _line(text: str, start: int, end: int) -> _Line:
    """What the words before a number say about it; those behind it, where all labels are behind."""
    head, tail = re.split(r"\d", text, maxsplit=1)[0], re.split(r"\d", text)[-1]
    behind = re.split(r"\d", text[end:])[0]
    if (label := _IN_BRACKETS.match(behind)) and _FAX.search(label[1]):
        return _Line.PERSON if _VOICE.search(label[1]) else _Line.FAX
    words = re.split(r"\d", text[:start])[-1]
    if re.search(r"\d", text[:start]):
        words = _IN_BRACKETS.sub("", words, count=1)
    if _LABEL.search(tail) and not _LABEL.search(head):
        words = behind
    if _FAX.search(words) and not _VOICE.search(words):
        return _Line.FAX
    return _Line.PERSON_OR_FAX if _FIXED_OR_FAX.search(words) else _Line.PERSON


def _readings(typed: str) -> Iterator[str]:
    """The text as it is to be read and, if its prefix is at the end, also with it in front."""
    text = _read(typed)
    yield text
    if behind := _PREFIX_BEHIND.fullmatch(text):
        yield f"+{behind[2]} {behind[1]}"


def _read(typed: str) -> str:
    """The text in small letters without accents."""
    text = unescape(unquote(typed))
    letters = unicodedata.normalize("NFKD", typed_text.bare(text)).casefold()
    text = "".join(each for each in letters if unicodedata.category(each) != "Mn")
    text = _NO_FAX.sub(" ", text)
    text = _STATED_APART.sub(r"\3\1\2", text)  # the prefix, as a link may have it (RFC 3966)
    text = _SCIENTIFIC.sub(_unrounded, _CHAT_LINK.sub(r"\1+", text))
    text = _OTHER_DIGITS.sub("|", text.translate(_BRACKETS))
    text = _OTHER_NUMBER.sub(_without_other_number, text)
    for behind in (_HOURS_BEHIND, _BRACKET_BEHIND, _COUNT_BEHIND, _END_BEHIND):
        text = behind.sub(_parted, text)
    return text


def _parted(found: re.Match[str]) -> str:
    """A mark of the number's end in place of what stands behind it; else what was found."""
    start = found.start()
    before = _NUMBER_BEFORE.search(found.string, max(0, start - _LONGEST_WRITTEN), start)
    if before and any(_ends(each, found) for each in (before[0], before[0].rpartition("/")[2])):
        return f" | {found['word']}" if found.re is _COUNT_BEHIND else " | "
    return found[0]


def _ends(written: str, found: re.Match[str]) -> bool:
    """Whether a number ends before what was found behind it."""
    groups = re.findall(r"\d+", written)
    digits = sum(map(len, groups))
    number = _number(written) if _FEWEST_DIGITS <= digits <= _MOST_DIGITS else None
    if not number or found.re is _BRACKET_BEHIND:
        return number is not None
    is_whole = len(groups[-1]) >= _LONG_GROUP or digits >= _LONG_NUMBER
    if found.re is _HOURS_BEHIND:
        return number[1] and is_whole
    is_count = found.re is _COUNT_BEHIND
    longer = _number(f"{written} {found['count']}" if is_count else written + found[0])
    if not number[1] or not longer or not longer[1]:
        return number[1]
    return is_count and _is_count(found, groups[-1], is_long=digits > _LONG_NUMBER)


def _is_count(found: re.Match[str], last: str, *, is_long: bool) -> bool:
    """Whether digits before a word, which may be the end of a number, are something else.

    last: the group of digits before them. Groups of one length are one number.
    """
    count, space, word = found.group("count", "space", "word")
    if _EXTENSION.match(found.string, found.end("count")):
        return False
    # "+49 30 123456 - 78 Anna"
    is_end = found["sign"] == "-" and len(count) < min(_POSTCODE)
    is_other_length = len(last) != len(count) and not is_end
    return (
        bool(_UNIT.fullmatch(word))
        or (not space and len(word) < _SHORTEST_WORD)
        or (is_other_length and (len(count) == 1 or len(last) >= _LONG_GROUP))
        or (is_other_length and is_long and len(count) in _POSTCODE)
    )


def _without_other_number(found: re.Match[str]) -> str:
    """The word before the number of something else, unless that is the beginning of the phone's."""
    import phonenumbers  # noqa: PLC0415  only where a number is given

    word, other, phone = found[1] or "", found[2], found[3]
    is_extension = re.search(r"\d", found.string[: found.start()]) and _EXTENSION.match(found[0])
    abroad = _parsed(f"+{other}{phone}") if phone else None
    if _LABEL.fullmatch(word) or is_extension or (abroad and phonenumbers.is_valid_number(abroad)):
        return found[0]
    return f"{word} | "


def _unrounded(number: re.Match[str]) -> str:
    """The number in full, if the spreadsheet has rounded none of its digits away."""
    _, decimals, exponent = number.groups()
    return number[1] + decimals if len(decimals) == int(exponent) else number[0]


def _numbers(text: str, run: re.Match[str]) -> Iterator[tuple[str, bool, int, int]]:
    """Each number in a run without letters, whether it is valid, and where it starts and ends."""
    pieces = [each for each in _PIECE.finditer(text, *run.span()) if re.search(r"\d", each[0])]
    spans = list(_spans(pieces))
    numbers = []
    for first, last in spans:
        start, end = first.start(), last.end()
        whole = text[start:end]
        if number := _number(whole):
            is_between = bool(_BETWEEN_NUMBERS & set(whole))
            numbers.append((start, end, number, is_between))
            if number[1] and not is_between:
                yield *number, start, end
    for piece in pieces:
        groups = re.findall(r"\+?\d+", re.sub(r"\+\s+", "+", piece[0]))
        if part := _several(groups) or _row(groups) or _whole(groups):
            yield part, True, piece.start(), piece.end()
    for start, end, number, is_between in sorted(numbers):
        if number[1] or not is_between:
            yield *number, start, end


def _spans(pieces: list[re.Match[str]]) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """The pieces from which to which a number may reach, the longest from each piece first."""
    for first, piece in enumerate(pieces):
        fewest = _FEWEST_DIGITS if "+" in piece[0] else _FEWEST_WITHOUT_PREFIX
        lasts = []
        digits = 0
        for last in pieces[first:]:
            digits += sum(map(str.isdecimal, last[0]))
            if digits > _MOST_DIGITS or ("+" in last[0] and last is not piece):
                break
            if digits >= fewest:
                lasts.append(last)
        yield from ((piece, last) for last in reversed(lasts))


def _several(groups: list[str]) -> str | None:
    """The first of several numbers that only spaces part; None if anything would be left over."""
    for length in range(1, len(groups)):
        number, rest = _number(" ".join(groups[:length])), groups[length:]
        if number and number[1]:
            whole = _number(" ".join(rest))
            if (whole and whole[1]) or _several(rest):
                return number[0]
    return None


def _row(groups: list[str]) -> str | None:
    """The first of two numbers in a row, the second of which is written by its last digits only."""
    *first, end = groups
    if not first or len(end) > _LONGEST_END_OF_ROW or len(end) != len(first[-1]):
        return None
    number = _number(" ".join(first)) if int(end) == int(first[-1]) + 1 else None
    return number[0] if number and number[1] else None


def _whole(groups: list[str]) -> str | None:
    """The first number written without spaces; what else is in the text is something else."""
    if len(groups) > 1:
        for group in groups:
            number = _number(group)
            if number and number[1]:
                return number[0]
    return None


@lru_cache(maxsize=1000)
def _number(written: str) -> tuple[str, bool] | None:
    """The number in E.164, and whether its country has given it out; None if it is impossible."""
    import phonenumbers  # noqa: PLC0415  only where a number is given

    # Where a country has no prefix 0 for calls within it, people still write "(0)".
    without_zero = re.sub(r"\(\s*0\s*\)", " ", written)
    parsed = list(filter(None, map(_parsed, dict.fromkeys((written, without_zero)))))
    read = [each for each in parsed if _is_possible(each)]
    if not read:
        read = [
            number
            for each in parsed
            for mended in _mended(written, each)
            if (number := _parsed(mended)) and phonenumbers.is_valid_number(number)
        ]
    if not read:
        return None
    best = max(read, key=phonenumbers.is_valid_number)
    written_to_dial = phonenumbers.format_number(best, phonenumbers.PhoneNumberFormat.E164)
    return written_to_dial, phonenumbers.is_valid_number(best)


def _is_possible(number: Any) -> bool:
    """Whether there may be such a number; in Spain none begins with 0 to 4.

    What is written so without a prefix has been written for calls within another country.
    """
    import phonenumbers  # noqa: PLC0415  only where a number is given

    national = phonenumbers.national_significant_number(number)
    of_spain = number.country_code == _SPAIN
    return phonenumbers.is_possible_number(number) and not (of_spain and national[:1] in "01234")


def _parsed(written: str) -> Any:
    """What the library makes of the digits; None if there are too many or too few."""
    import phonenumbers  # noqa: PLC0415  only where a number is given

    digits = re.sub(r"\D", "", written)
    if len(digits) > _MOST_DIGITS:
        return None
    try:
        return phonenumbers.parse(f"{'+' if '+' in written else ''}{digits}", _COUNTRY)
    except phonenumbers.NumberParseException:
        return None


def _mended(written: str, read: Any) -> Iterator[str]:
    """What else an impossible number can only have meant: its prefix twice, or a digit too many."""
    digits = re.sub(r"\D", "", written)
    prefix, national = str(read.country_code), str(read.national_number)  # without any zeros before
    if "+" in written or digits.startswith("00"):
        yield f"+{prefix}{national}"  # a zero of calls within the country
    if national.startswith(prefix):
        yield f"+{prefix}{national.removeprefix(prefix).lstrip('0')}"
    if prefix == "52" and national.startswith("1"):  # of Mexico's mobiles, until 2019
        yield f"+52{national[1:]}"
    # The prefix as a group of its own. From 6 on it may be the beginning of a Spanish number: both
    # the Balearic Islands and the Emirates have 971.
    abroad = _parsed(f"+{digits}") if len(digits) >= _SHORTEST_WITH_PREFIX else None
    if abroad and re.match(rf"\W*(?=[1-5]){abroad.country_code}\W", written):
        yield f"+{digits}"
