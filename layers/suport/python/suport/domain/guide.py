"""The guides, short articles on what citizens ask most: which fit which kind of problem."""

from collections.abc import Sequence
from enum import StrEnum

from suport.domain.category import Category

MOST_OFFERED = 3
"""Guides that a page about a kind of problem offers beside the way to all."""


class Guide(StrEnum):
    """A guide: the name of its folder and of its page."""

    INSTALL_AUTOFIRMA = "install-autofirma"
    FIND_CERTIFICATE = "find-certificate"
    CLAVE = "clave"
    DNIE_PIN = "dnie-pin"
    AUTOFIRMA_DOES_NOT_OPEN = "autofirma-does-not-open"
    SIGN_PDF = "sign-pdf"
    PAYMENT_NOT_VERIFIED = "payment-not-verified"
    CARD_REFUSED = "card-refused"
    ATTACH_DOCUMENT = "attach-document"
    EXPIRED_SESSION = "expired-session"


KINDS = {
    Guide.INSTALL_AUTOFIRMA: Category.SIGNATURE,
    Guide.FIND_CERTIFICATE: Category.SIGNATURE,
    Guide.CLAVE: Category.SIGNATURE,
    Guide.DNIE_PIN: Category.SIGNATURE,
    Guide.AUTOFIRMA_DOES_NOT_OPEN: Category.SIGNATURE,
    Guide.SIGN_PDF: Category.SIGNATURE,
    Guide.PAYMENT_NOT_VERIFIED: Category.PAYMENT,
    Guide.CARD_REFUSED: Category.PAYMENT,
    Guide.ATTACH_DOCUMENT: Category.FUNCTIONAL,
    Guide.EXPIRED_SESSION: Category.FUNCTIONAL,
}
"""The kind of problem that the reader of each guide most likely has; the most needed come first."""

ALSO_FITTING = {
    Category.FUNCTIONAL: (Guide.SIGN_PDF,),
    Category.PAYMENT: (Guide.EXPIRED_SESSION,),
}
"""Guides of another kind that may help as well."""


def offered(category: Category | None) -> Sequence[Guide]:
    """The guides that a page about that kind offers; for None, the first one of each kind."""
    if category is None:
        return [offered(kind)[0] for kind in Category]
    return fitting(category)[:MOST_OFFERED]


def fitting(category: Category | None) -> Sequence[Guide]:
    """All guides that may help with that kind of problem, the most needed first."""
    own = [guide for guide, kind in KINDS.items() if kind is category]
    return [*own, *(ALSO_FITTING.get(category, ()) if category else ())]
