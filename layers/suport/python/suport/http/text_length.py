"""How long a text is to the person who typed it, and what they are told about a wrong length."""

from suport.domain.typed_text import is_plain
from suport.texts.message import N_, Message

# Four people in one emoji have 25 bytes, two in love with the colours of their skin 35. All texts
# of an incident together stay below the 400 KB of an item of DynamoDB.
_BYTES_PER_CHARACTER = 32
# A linker, such as a virama, joins the consonant behind it to a consonant before it, and to nothing
# else (rule GB9c of Unicode's annex 29); `\X` joins it to any letter.
_MARKS = r"\p{InCB=Extend}\p{InCB=Linker}"
_CONSONANT = r"\p{InCB=Consonant}"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"  # a pair of regional indicators
_BEFORE_A_CONSONANT_APART = rf"(?<![{_CONSONANT}{_MARKS}])[{_MARKS}]++(?={_CONSONANT})"


def characters(text: str) -> int:
    """The number of characters as a person sees them: Unicode's extended grapheme clusters.

    text: as `typed_text` leaves it.
    """
    if is_plain(text):
        return len(text)
    import regex  # noqa: PLC0415  50 ms, and few texts need it

    parted: str
    additional: int
    # `\X` goes back to the first of many flags at each of them: a square of time
    flagless = regex.sub(_FLAG, "x", text)
    parted, additional = regex.subn(_BEFORE_A_CONSONANT_APART, r"\g<0>\n", flagless)
    return sum(1 for _ in regex.finditer(r"\X", parted)) - additional


def wrong_length(text: str, most: int, least: int = 0) -> Message | None:
    """What is wrong with the length of a text, if anything; it leaves a place for the field's name.

    most, least: in characters.
    """
    length = characters(text)
    if length < least:
        return N_("{field} must be {least} characters or more.", least=least)
    if length > most:
        return N_(
            "{field} must be {most} characters or fewer. It has {length} now.",
            most=most,
            length=length,
        )
    if len(text.encode(errors="surrogatepass")) > most * _BYTES_PER_CHARACTER:
        return N_(
            "{field} is too long because its characters are made of too many parts. Shorten it."
        )
    return None
