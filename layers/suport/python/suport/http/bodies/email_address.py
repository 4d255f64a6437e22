"""E-mail addresses as people paste them: with names, brackets, labels, blanks, or as links."""

import re
import unicodedata
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from pydantic_core import PydanticCustomError

from suport.domain import typed_text

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

_LINK = re.compile(r"(?i)mailto:(?://)?([^\s?<>\"')\]]*)(?:\?([^\s<>\"')\]]*))?")
_COPIES = ("cc", "bcc")
_FIELD_OF_A_LINK = re.compile(
    r"(?i)(?:\bhttps?://[^\s?]*\?(?:[^\s&]*&)*?|(?<![^\s<(\"'?&]))"
    r"(?:to|e-?mail|mail(?:to)?|correu|correo|address|smtp)=([^\s&#<>\"]*@[^\s&#<>\"]*)[^\s<>\")]*"
)
_LABEL = re.compile(r"(?i)^\W*(?:(?:e-?mail|corre[uo](?:-e| electr\w+)?|mail)\b)(?:[\s:=]|[.-]\s)+")
_LIST_MARK = re.compile(r"(?i)^\W*(?:\d{1,3}\s?[.):/ºª°\]-]+|[a-z]{1,4}\)|\[[x\s]?\])\s+")
_PART = re.compile(r"[^\s<>()\[\]{},;:|\"“”„«»‹›‘`´…¿¡\\/]+")
# What stands in the middle of an address by mistake, or a mailbox that a space has cut.
_CUT = re.compile(r"[^\W_][,;|`\\/]+$|^\W*\w+(?:-|\s*[._+])\s+$")
_WORD_BEFORE = re.compile(r"(?:^|[^\w@])([\w'’.-]*[^\W_])(?:\s+|:)$")
# The end of a top level that a space or another sign has cut off: "co m", "co,m".
_END_OF_TOP = re.compile(r"(?i)([a-z]+)((?:[\s,;/]+[a-z]{1,3})+)(?![^\W_])")
_LETTERS_APART = re.compile(r"(?i)[b-df-hj-np-tv-xz]|[a-z](?:\s+[a-z])+")
_NO_WORD = re.compile(r"(?i)[b-df-hj-np-tv-xz]")  # a letter that is none of the four languages
_NUMBER_BEFORE = re.compile(r"(?:\d[\s().-]*){7,}$")
# Words of the four languages between which and an address nothing is missing, without accents.
_INTRODUCING = {
    *("e-mail", "email", "mail", "correu", "correo", "electronic", "electronica", "electronico"),
    *("e-mail-adresse", "mailadresse", "adreca", "direccion", "address", "adresse"),
    *("correu-e", "correo-e", "adreca-e"),
    *("contacte", "contacto", "contact", "kontakt", "personal", "particular", "privat", "smtp"),
    *("es", "is", "ist", "are", "son", "sind", "seria", "sera", "sere", "lautet"),
    *("a", "al", "to", "an", "unter", "under", "per", "por"),
    *("o", "i", "y", "e", "u", "or", "and", "oder", "und"),
}
_SHORTEST_ALONE = 3  # letters of such a word, if it could be the beginning of the address
_SHORTEST_NAME = 3  # letters that a name and a mailbox have in common
# Letters that no normalization takes apart, and those that are often written as two, in small.
_IN_ASCII = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"} | {"þ": "th", "ð": "d"}
)
_IN_TWO_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "đ": "dj", "ð": "dh"}
)
_EMPHASIS = re.compile(r"(?<![^\s(<])([_~*]{1,3})([^\s<>()]+@[^\s<>()]+?)\1(?=[\s)>.,;:!?]|$)")
_AT = re.compile(r"(?i)\s*[(\[{<]\s*(?:at|arroba|ät)\s*[)\]}>]\s*")
_DOT = re.compile(r"(?i)\s*[(\[{<]\s*(?:dot|punt|punto|punkt)\s*[)\]}>]\s*")
_LABELS_OF_DOMAIN = re.compile(r"[\w-]+(?:\s*\.\s*[\w-]+)*")
_TOP = (
    r"(?:[a-z]{2}|com|org|net|edu|gov|mil|int|info|biz|name|pro|coop|museum|cat|eus|gal|barcelona"
    r"|madrid|berlin|email|online|app|dev|cloud|shop|xyz)"
)
_TOP_LEVEL = re.compile(_TOP, re.IGNORECASE)
_COMMA_FOR_DOT = re.compile(rf"([\w-]+),({_TOP})\b", re.IGNORECASE)
_NO_DOT = re.compile(rf"[\w-]+[\s,;]+{_TOP}\W*", re.IGNORECASE)
_COUNTRY_CODE = 2  # letters
_APOSTROPHE = re.compile(r"(?<=\w)[’‘´`](?=\w[^\s@]*@)")  # as a word processor sets it in a name
_ENCODED = r"(?:%20|%0[ad]|%3[ce]|%22)+"  # a space, a line's end or a bracket
_ENCODED_AROUND = re.compile(
    rf"(?i){_ENCODED}(?=@)|(?<=@){_ENCODED}|(?<![^\s<]){_ENCODED}|{_ENCODED}(?![^\s>])"
)
_SIGNS_AROUND = re.compile(r"(?<!\S)[^\w\s\x00-\x7f]+(?=\w)|(?<=\w)[^\w\s\x00-\x7f]+(?!\S)")
# Signs that stand before or behind an address, and with which none begins or ends.
_BEFORE, _BEHIND = ".!?*’'-", ".!?*’'&=-"


class _CutAddress(ValueError):
    """It is not clear where the address begins or ends."""


def the_address(typed: str) -> str:
    """The only e-mail address in a text, in the form of its domain that people read.

    Raises
    ------
    PydanticCustomError
        `email` if there is none, `several_emails` if there are different ones, `cut_email` if it
        is not clear where it begins or ends, `unsendable_email` if no mail of the service could
        reach it.
    """
    try:
        found = [(each, _valid(each)) for each in _candidates(typed)]
    except _CutAddress:
        raise PydanticCustomError("cut_email", "cut e-mail") from None
    if len({(read.normalized if read else each).casefold() for each, read in found}) > 1:
        raise PydanticCustomError("several_emails", "several e-mails")
    valid = found[0][1] if found else None
    if valid is None:
        raise PydanticCustomError("email", "e-mail")
    if valid.ascii_email is None:  # then the address is not `sendable`
        raise PydanticCustomError("unsendable_email", "unsendable e-mail")
    return valid.normalized


def _candidates(typed: str) -> list[str]:
    """What may be an address.

    Raises
    ------
    _CutAddress
        If there is only one, and more of the text may belong to it.
    """
    text = _joined(_read(typed))
    parts = [each for each in _PART.finditer(text) if re.search(r"[^@]@+[^@]", each[0])]
    if len(parts) == 1 and _is_cut(text[: parts[0].start()], parts[0][0]):
        raise _CutAddress
    return [part[0] for part in parts]


def _read(typed: str) -> str:
    """The text without encodings, links, and the label or mark of a list before it."""
    typed = _APOSTROPHE.sub("'", _ENCODED_AROUND.sub("", typed))
    bare = _DOT.sub(".", _AT.sub("@", unescape(typed_text.bare(typed)).replace("。", ".")))
    text = _SIGNS_AROUND.sub(" ", bare)
    if "@" not in text:
        text = unquote(text)
    text = _LINK.sub(_of_link, _EMPHASIS.sub(r"\2", text))
    text = _FIELD_OF_A_LINK.sub(r"<\1>", text)
    return _LABEL.sub("", _LIST_MARK.sub("", text))


def _of_link(link: re.Match[str]) -> str:
    """Whom a link to write a mail names; those who get copies only if it names nobody else."""
    fields = [(name.lower(), value) for name, value in parse_qsl(link[2] or "")]
    to = [unquote(link[1]), *(value for name, value in fields if name == "to")]
    copies = [value for name, value in fields if name in _COPIES]
    named = list(filter(None, to)) or copies
    return f" {', '.join(named)} "


def _joined(text: str) -> str:
    """The text without spaces around its only @ and the dots behind it, or a comma for a dot.

    Raises
    ------
    _CutAddress
        If it is not clear where its domain ends.
    """
    if text.count("@") != 1:
        return text
    mailbox, rest = (each.strip() for each in text.split("@"))
    rest = _COMMA_FOR_DOT.sub(r"\1.\2", rest, count=1) if _COMMA_FOR_DOT.match(rest) else rest
    if _NO_DOT.fullmatch(rest):
        raise _CutAddress
    found = _LABELS_OF_DOMAIN.match(rest)
    if found and re.search(r"\s", found[0]):
        whole = re.sub(r"\s", "", found[0])
        first, last = re.split(r"\s*\.\s+|\s+\.\s*", found[0])[0], whole.rpartition(".")[2]
        is_complete = "." in first and _TOP_LEVEL.fullmatch(first.rpartition(".")[2])
        if not is_complete and (
            re.search(r"\.\w$", first) or _is_cut_behind(whole + rest[found.end() :])
        ):
            raise _CutAddress
        ends = not re.match(r"\s*\w", rest[found.end() :]) or len(last) > _COUNTRY_CODE
        if _TOP_LEVEL.fullmatch(last) and ends:
            if is_complete:
                raise _CutAddress  # "example.co. uk", or a short word behind "example.org."
            rest = whole + rest[found.end() :]
        elif is_complete:
            behind = whole.removeprefix(first)[1:] + rest[found.end() :]
            if _LETTERS_APART.fullmatch(behind.strip()) and _is_cut_behind(f"{first} {behind}"):
                raise _CutAddress  # "example.co. m"
        else:
            rest = re.sub(r"^([\w.-]+)\s+(\.\w)", r"\1\2", rest)
    if _is_cut_behind(rest):
        raise _CutAddress
    return f"{mailbox}@{rest}"


def _is_cut_behind(rest: str) -> bool:
    """Whether what stands behind a domain may be the end of its top level."""
    domain = _LABELS_OF_DOMAIN.match(rest)
    if not domain or "." not in domain[0]:
        return False
    end = _END_OF_TOP.match(rest, domain.start() + domain[0].rindex(".") + 1)
    if not end:
        return False
    whole, pieces = end[1], re.findall(r"\w+", end[2])
    is_label = re.match(r"\s*[.:+(\d]", rest[end.end() :])  # "T 971 22 57 91"
    is_letter = _NO_WORD.fullmatch(pieces[0]) and not is_label
    are_letters = len(pieces) > 1 and all(len(each) == 1 for each in pieces)
    if len(whole) == 1 or are_letters or (len(whole) == _COUNTRY_CODE and is_letter):
        return True
    for each in pieces:
        whole += each
        if len(whole) > _COUNTRY_CODE and _TOP_LEVEL.fullmatch(whole):
            return True
    return False


def _is_cut(before: str, address: str) -> bool:
    """Whether what stands before an address may belong to it, so that the rest is another one.

    A word before it may, unless it introduces an address, is in another script, is the end of a
    phone number, or is a name that the mailbox repeats.
    """
    if _CUT.search(before):
        return True
    word = _WORD_BEFORE.search(before)
    if _NUMBER_BEFORE.search(before):
        return address[0].isdecimal() or address[0] in "._+-"  # "971 12 34 56.anna@example.org"
    if not word:
        return False
    plain = _folded(word[1]).translate(_IN_ASCII)
    if plain in _INTRODUCING:
        is_alone = not re.search(r"\w", before[: word.start(1)])
        return is_alone and len(plain) < _SHORTEST_ALONE
    mailbox = _folded(address.partition("@")[0])
    names = [
        name
        for each in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", before).casefold())
        if _folded(each) not in _INTRODUCING
        for name in _spellings(each)
    ]
    is_repeated = any(len(each) >= _SHORTEST_NAME and each in mailbox for each in names)
    is_latin = any("LATIN" in unicodedata.name(each, "") for each in plain) or plain.isascii()
    return is_latin and not is_repeated


def _spellings(name: str) -> set[str]:
    """How a mailbox may spell a name: "mueller" and "muller", "soeren" and "soren"."""
    plain = _folded(name).translate(_IN_ASCII)
    return {plain, _folded(name.translate(_IN_TWO_LETTERS)).translate(_IN_ASCII)}


def _folded(text: str) -> str:
    """The text in small letters without accents."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return "".join(each for each in letters if unicodedata.category(each) != "Mn")


def _valid(candidate: str) -> "ValidatedEmail | None":
    # only where an address is given
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    candidate = re.sub(r"(@[^?&#]*)[?&#].*", r"\1", candidate)  # the rest of a link
    bare = candidate.lstrip(_BEFORE).rstrip(_BEHIND)
    try:
        # Whether it exists is seen when mail is sent; ".test" reaches nobody and serves trials.
        read = validate_email(bare, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    # No top level has one letter, or a digit where it is not encoded.
    top = read.ascii_domain.rpartition(".")[2]
    is_real = top.startswith("xn--") or (len(top) >= _COUNTRY_CODE and top.isalpha())
    return read if is_real else None
