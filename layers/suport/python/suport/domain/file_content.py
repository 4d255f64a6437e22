"""What a file is, by its content alone: neither its name nor its declared type counts.

Pictures carry the wrong ending, and phones declare what they like. The first bytes of a file say
what it is; of XML, only the end may say whether somebody has signed it.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator

from suport.domain import typed_text
from suport.domain.attachment import MediaType, Refusal

FIRST_BYTES = 4096  # of a file: enough to see what it is
LAST_BYTES = 4096  # of a signed XML: its signature is closed there
MOST_BEFORE_A_PDF = 1024  # bytes that readers of PDF skip (ISO 32000-1, Annex H.3, note 13)

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_PDF = re.compile(rb"%PDF-\d")
_PDF_AT_ONCE = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-\d\.\d\s*?(?:[\r\n]|\Z)")
_PDF_WITH_OBJECTS = re.compile(  # a text that speaks of it goes on otherwise
    rb"%PDF-\d\.\d\s*+(?:%[ -~]*+[\r\n]++\s*+)*+(?:%[\x80-\xff]{3}|\d+ \d+ obj)"
)
_HEIC_BRANDS = {  # ISO/IEC 23008-12, Annexes B and D: what iPhones and other cameras write
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
    *(b"mif1", b"msf1", b"mif2"),
}
_OTHER_PICTURE_BRANDS = {b"avif", b"avis", b"jpeg", b"crx "}
_BEGINNINGS_REFUSED = {
    Refusal.PROGRAM: re.compile(
        rb"MZ[^\r\n]{0,62}?[\x00-\x08]|\x7fELF|\xca\xfe\xba\xbe|#!(?!AMR)|dex\n|\x00asm"
        rb"|[\xce\xcf]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]|L\x00\x00\x00\x01\x14\x02\x00"
    ),
    Refusal.OFFICE: re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf|%!PS"),
    Refusal.ARCHIVE: re.compile(
        rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh\d1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd"
        rb"|MSCF\x00"
    ),
    Refusal.PICTURE: re.compile(
        rb"GIF8[79]a|II[*+]\x00|MM\x00[*+]|8BPS|\x00\x00\x00\x0c(?:jP  |JXL )|\xff\x4f\xff\x51"
        rb"|\x00\x00\x01\x00|\xff\x0a|\xd7\xcd\xc6\x9a"
    ),
    Refusal.RECORDING: re.compile(
        rb"ID3[\x02-\x04]|#!AMR|OggS|fLaC|\x1a\x45\xdf\xa3|FLV\x01|\x00\x00\x01\xba|MThd"
        rb"|\x30\x26\xb2\x75\x8e\x66\xcf\x11|\xff[\xfb\xf3\xf2][\x40-\xef]"
    ),
    Refusal.PRIVATE_KEY: re.compile(  # key stores of Java and of Bouncy Castle; PVK of Windows
        rb"\xfe\xed\xfe\xed|\xce\xce\xce\xce"
        rb"|\x00{3}[\x01\x02]\x00{3}\x14.{20}\x00[\x00-\x0f]|\x1e\xf1\xb5\xb0",
        re.DOTALL,
    ),
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OFFICE_ZIP = re.compile(  # the names of the first files in an OOXML or OpenDocument container
    rb"\[Content_Types\]\.xml|_rels/\.rels|docProps/|(?:word|xl|ppt|visio)/"
    rb"|mimetypeapplication/vnd\.(?:oasis|sun)\.|Index/Document\.iwa"
)
_MARKUP = re.compile(  # before the first tag: declarations, comments, processing instructions
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*(?:<!doctype\s+(?P<doctype>[\w:.-]+)[^>\[]*(?:\[.*?\]\s*)?>"
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*)?(?:<(?:[\w.-]+:)?(?P<tag>[a-z][\w.-]*)(?=[\s/>]|$))?",
    re.IGNORECASE | re.DOTALL,
)
_WEB_TAGS = {  # https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type
    *("html", "head", "script", "iframe", "h1", "div", "font", "table", "a", "style", "title"),
    *("b", "body", "br", "p"),
}
_SIGNATURE_TAG = re.compile(rb"</?(?:[\w.-]+:)?Signature[\s>]")
# What logs and older programs leave in their texts: bells, backspaces, page and column breaks, the
# separators of ASCII, DOS's mark of the end, and what a terminal takes for colours, links and moves
# (ECMA-48). A question to the terminal is none of these: its answer would be typed for the reader.
_CONTROL_OF_TEXTS = re.compile(
    r"[\x07\x08\t\n\x0b\f\r\x1c-\x1f]|\x1a\Z"
    r"|\x1b(?:\[[\x30-\x3f]*[\x20-\x2f]*(?:[A-HJ-MPSTXZdfghlmq-su~]|\Z)"
    r"|\](?:(?:[0126789]|133|633|3008);[^\x00-\x1f]*|1(?:04|1\d)(?:;[^\x00-\x1f]*)?"
    r"|(?:4|1\d);[^\x00-\x1f?]*|1337;(?!Re(?:port|quest)|(?:End)?Copy|\w*File)[^\x00-\x1f]*"
    r"|1337;File=[^\x00-\x1f:]*inline=1[^\x00-\x1f]*)(?:\x07|\x1b\\|\x1b?\Z)"
    r"|[()][0-2AB]|[78=>DEM]|[\[\]()]?\Z)"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_OF_TERMINALS = {"\x0e", "\x0f", "\x7f"}  # another character set and back, and what was deleted
_MOST_OF_TERMINALS = 4  # one in so many characters at most, or it is no text
_SHORTEST_UTF_16 = 8  # bytes of a text without a mark: fewer are too few to know
_SHORTEST_CERTAIN = 8  # characters: as long must a text be that nothing but its letters tells
_STATEFUL = ("iso2022_jp_2", "iso2022_kr")  # RFC 1468, 1554 and 1557
_SHIFT = b"\x1b$"  # each of them begins another character set with it
_UNMARKED = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_OF_ONE_SCRIPT = (  # of 65,536 random characters, the largest of these has one in five
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
    *("gb2312", "big5", "shift_jis", "euc_kr"),
)
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # the OID of RFC 5652, section 5.1
_ENCRYPTED_DATA = re.compile(  # enveloped, signed and enveloped, encrypted; RFC 5083 for the last
    rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x03\x04\x06]"
    rb"|\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
)
_KEY = re.compile(  # PKCS #8 (RFC 5208), PKCS #12 (RFC 7292), PKCS #1 (RFC 8017), SEC 1
    rb"\x02\x01[\x00\x03]\x30|\x02\x01\x00\x02[\x40-\x84]|\x02\x01\x01\x04[\x10-\x50]"
    # PKCS #8, encrypted; a store of Bouncy Castle (BCFKS) has the same one level deeper
    rb"|(?:\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...))?"
    rb"\x30.\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01(?:\x05|\x0c\x01)",
    re.DOTALL,
)
_CMS_LABEL = re.compile(r"\s*-----BEGIN (?:PKCS ?#?7(?: SIGNED DATA)?|CMS)-----", re.ASCII)
_BEFORE_BASE64 = (
    re.compile(  # a label (RFC 7468), a data URL (RFC 2397), a mail's header, attributes
        r"\A(?:\s*+(?:-----BEGIN [ -~]{1,60}?-----|data:[^,\s]*,"
        r"|(?:(?:Bag|Key) Attributes|(?:localKeyID|friendlyName|issuer|Content-[\w-]+|MIME-Version"
        r"|Message-ID|Date|From|To|Subject|Proc-Type|DEK-Info) ?[:=])[^\r\n]*+\r?\n"
        r"(?:[ \t]++[\w-]+=[^\r\n]+\r?\n)*+))*+\s*+",
        re.IGNORECASE | re.ASCII,
    )
)
_BASE64 = bytes.maketrans(b"-_", b"+/")  # from the alphabet of URLs (RFC 4648, section 5)
_MOST_OF_BASE64 = 400  # characters: enough to see what begins there
_MAYBE_A_KEY = re.compile(  # how what `_of_der` and `_BEGINNINGS_REFUSED` know begins in base64
    rb"(?:(?<![\w+/-])|(?<=\\[nr]))(?=(?:M[A-P]|[/_]u3[+-]7|zs7Oz|AAAAA[QgI]AAAB|HvG1)[\w+/-])"
    rb"(?=((?:\s*[\w+/-]){12,64}))"
)
_SECRET = re.compile(  # private keys in texts: PEM, PGP and SSH, PuTTY's, age's, JWK, .NET's XML
    rb"----[- ]BEGIN [A-Z0-9 ]*(?:PRIVATE KEY(?: BLOCK)?|PKCS ?#?12)[- ]----|PuTTY-User-Key-File-\d"
    rb"|AGE-SECRET-KEY-1|<RSAKeyValue>.*<D>[\w+/=\s]{40}"
    rb"""|"kty"\s*:.*"d"\s*:\s*"[\w-]{40}|"d"\s*:\s*"[\w-]{40}.*"kty"\s*:""",
    re.DOTALL,
)


def recognise(first_bytes: bytes, last_bytes: bytes = b"") -> MediaType | Refusal:
    """The type of the file that begins with these bytes, or why the service takes no such file.

    first_bytes: the first `FIRST_BYTES` of the file, or all of a shorter one. last_bytes: its last
    `LAST_BYTES`, if it is longer; they matter for texts only.

    >>> recognise(b"%PDF-1.7")
    <MediaType.PDF: 'application/pdf'>
    >>> recognise(b"GIF89a")
    <Refusal.PICTURE: 'picture'>
    """
    if len(first_bytes) < FIRST_BYTES and not first_bytes.strip(b"\x00\t\n\v\f\r "):
        return Refusal.EMPTY
    return (
        _picture(first_bytes)
        or _container(first_bytes)
        or _signed_message(first_bytes, last_bytes)
        or _refused_by_its_beginning(first_bytes)
        or _pdf(first_bytes, last_bytes)
        or _text(first_bytes, last_bytes)
        or Refusal.WRONG_TYPE
    )


def _picture(start: bytes) -> MediaType | Refusal | None:
    if start.startswith(_PNG):
        return MediaType.PNG
    if start.startswith(_JPEG):
        return MediaType.JPEG
    if start[:4] == b"RIFF":
        return Refusal.PICTURE if start[8:12] == b"WEBP" else Refusal.RECORDING
    if start[:2] == b"BM" and start[6:10] == bytes(4):
        return Refusal.PICTURE
    return _of_brands(start) if start[4:8] == b"ftyp" else None


def _of_brands(start: bytes) -> MediaType | Refusal:
    """A picture or a film, by the brands of the file (ISO/IEC 14496-12, section 4.3)."""
    length = int.from_bytes(start[:4])
    major = start[8:12]
    others = {start[at : at + 4] for at in range(16, min(length, len(start)) - 3, 4)}
    if major in _OTHER_PICTURE_BRANDS or (others & {b"avif", b"avis"} and not others & {b"heic"}):
        return Refusal.PICTURE
    return MediaType.HEIC if major in _HEIC_BRANDS else Refusal.RECORDING


def _container(start: bytes) -> Refusal | None:
    if not start.startswith(_ZIP):
        return None
    return Refusal.OFFICE if _OFFICE_ZIP.search(start) else Refusal.ARCHIVE


def _signed_message(start: bytes, end: bytes) -> MediaType | Refusal | None:
    """A signature in CMS, a file with a private key, what is encrypted in CMS, or none of them.

    A label says "CMS" of what is encrypted, too, which nobody here could open.
    """
    if bare := _of_der(start):
        return bare
    text = _as_text(start, end)
    if text is None:
        return None
    written = _BEFORE_BASE64.sub("", text)
    known = _of_der(_from_base64(written.encode("ascii", "replace")))
    return known or (Refusal.WRONG_TYPE if _CMS_LABEL.match(text) else None)


def _of_der(start: bytes) -> MediaType | Refusal | None:
    """As `_signed_message`, for DER or BER: a sequence that begins with what it is."""
    if start[:1] != b"\x30" or len(start) < 2:  # noqa: PLR2004  its tag and its length
        return None
    length_bytes = start[1] & 0x7F if start[1] > 0x80 else 0  # noqa: PLR2004  its long form
    inner = start[2 + length_bytes :]
    if inner.startswith(_SIGNED_DATA):
        return MediaType.CMS
    if _ENCRYPTED_DATA.match(inner):
        return Refusal.WRONG_TYPE
    return Refusal.PRIVATE_KEY if _KEY.match(inner) else None


def _from_base64(written: bytes) -> bytes:
    """The beginning of what is written in base64, that of URLs too; empty if nothing is."""
    joined = written[:_MOST_OF_BASE64].partition(b"-----END")[0].translate(_BASE64, b"\r\n\t ")
    joined = joined.rstrip(b"=")
    try:
        return base64.b64decode(joined[: len(joined) // 4 * 4], validate=True)
    except binascii.Error:
        return b""


def _has_key(content: bytes) -> bool:
    """Whether a text has a private key in it: labelled, in a known form, or in base64."""
    if _SECRET.search(content):
        return True
    decoded = (_from_base64(found[1]) for found in _MAYBE_A_KEY.finditer(content))
    keys = _BEGINNINGS_REFUSED[Refusal.PRIVATE_KEY]
    return any(keys.match(each) or _of_der(each) is Refusal.PRIVATE_KEY for each in decoded)


def _refused_by_its_beginning(start: bytes) -> Refusal | None:
    return next((why for why, known in _BEGINNINGS_REFUSED.items() if known.match(start)), None)


def _pdf(start: bytes, end: bytes) -> MediaType | Refusal | None:
    found = _PDF.search(start)
    if found and found.start() and _as_text(start, end) is not None:
        found = _PDF_AT_ONCE.match(start) or _PDF_WITH_OBJECTS.search(start)
    if found is None:
        return None
    before = start.index(b"%PDF-", found.start())
    return MediaType.PDF if before <= MOST_BEFORE_A_PDF else Refusal.WRONG_TYPE


def _text(start: bytes, end: bytes) -> MediaType | Refusal | None:
    text = _as_text(start, end)
    if text is None:
        return None
    if len(start) < FIRST_BYTES and typed_text.is_blank(text):
        return Refusal.EMPTY
    if _has_key((start + b"\n" + end).replace(b"\x00", b"")):  # in UTF-16, too
        return Refusal.PRIVATE_KEY
    return _markup(text, start + end) or MediaType.TEXT


def _as_text(start: bytes, end: bytes) -> str | None:
    """The beginning of a text, in the likeliest of its encodings; None if it is no text."""
    written = _without_filling(start, end)
    return next((each for each in _readings(written) if each is not None), None)


def _markup(text: str, content: bytes) -> MediaType | Refusal | None:
    """A picture, a web page or a signed XML, by the first tag; None for any other text."""
    found = _MARKUP.match(text)
    names = {name.lower() for name in found.groups() if name} if found else set()
    if "svg" in names:
        return Refusal.PICTURE
    if names & ({"html"} if text.lstrip().startswith("<?xml") else _WEB_TAGS):
        return Refusal.WEB_PAGE
    return MediaType.SIGNED_XML if names and _is_signed(content) else None


def _is_signed(content: bytes) -> bool:
    """Whether this XML has the element of a signature (XMLDSig, and XAdES within it)."""
    return bool(_SIGNATURE_TAG.search(content.replace(b"\x00", b"")))  # in UTF-16, too


def _without_filling(start: bytes, end: bytes) -> bytes:
    """The beginning without the zeros that fill a log to its end, as some programs and crashes do.

    A few letters before zeros are no text, and neither is anything with more after them.
    """
    written = start.rstrip(b"\x00")
    is_filled = len(start) - len(written) > 1 and not end.strip(b"\x00")
    return written if is_filled and len(written) >= _SHORTEST_CERTAIN else start


def _readings(start: bytes) -> Iterator[str | None]:
    """The text in each encoding that it may be in, the likeliest first; None for each it is not."""
    for encoding in _encodings(start):
        yield _reads(start, encoding)
    if _SHIFT in start:
        for encoding in _STATEFUL:
            yield _reads(start, encoding)
    for encoding in _UNMARKED:
        text = _reads(start, encoding)
        yield text if text and _is_of_one_script(text) else None


def _is_of_one_script(text: str) -> bool:
    """Whether one of the older character sets has all of it: what is no text has no such luck."""
    if len(text) < _SHORTEST_CERTAIN:
        return False
    for charset in _OF_ONE_SCRIPT:
        try:
            text.encode(charset)
        except UnicodeEncodeError:
            continue
        return True
    return False


def _encodings(start: bytes) -> list[str]:
    """The encodings that a text with this beginning may be in."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return ["utf-32"]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    unmarked = _utf_16_without_mark(start)
    return [unmarked] if unmarked else ["utf-8-sig", "latin-1"]


def _utf_16_without_mark(start: bytes) -> str | None:
    """The byte order of UTF-16, where most characters are Latin: every second byte is then zero."""
    if len(start) < _SHORTEST_UTF_16:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _reads(start: bytes, encoding: str) -> str | None:
    """The text, unless it has control characters that no text has; its end may be cut anywhere."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return None
    others = _CONTROL.findall(_CONTROL_OF_TEXTS.sub("", text))
    if not others:
        return text
    # every byte is a character of Latin-1, but hardly any bytes are UTF-8 by chance
    in_terminal = encoding == "utf-8-sig" and _OF_TERMINALS.issuperset(others)
    return text if in_terminal and len(others) * _MOST_OF_TERMINALS <= len(text) else None
