"""What each known error means, and what citizens can do at once without waiting for help."""

from dataclasses import dataclass

from suport.domain.known_errors import Fault
from suport.domain.language import Language
from suport.texts.message import N_, Message


@dataclass(frozen=True, slots=True)
class Advice:
    """What an error means, and the first thing to do about it.

    in_answer: the same for somebody who has reported it already, if that differs.
    """

    meaning: Message
    first_step: Message
    in_answer: Message | None = None

    def answer_in(self, language: Language) -> tuple[str, str]:
        """What to answer somebody who has reported the error."""
        return self.meaning.in_(language), (self.in_answer or self.first_step).in_(language)


ADVICE = {
    Fault.PAYMENT_UNVERIFIED: Advice(
        N_("It is not verified yet whether the payment was made."),
        N_(
            "If you have proof of the payment, do not discard the payment and do not pay "
            "again: report it here. Otherwise look again in some minutes."
        ),
        N_(
            "If you have proof of the payment, do not discard the payment and do not pay "
            "again. Otherwise look again in some minutes."
        ),
    ),
    Fault.CARD_EXPIRED: Advice(
        N_("The card has expired."),
        N_("Check the date that you typed, or pay with another card."),
    ),
    Fault.SECURITY_CODE_WRONG: Advice(
        N_("The security code of the card (CVV) is not correct."),
        N_(
            "Type the three digits on the back of the card again; some cards have four on "
            "the front."
        ),
    ),
    Fault.HOLDER_NOT_AUTHENTICATED: Advice(
        N_("The bank could not make sure that you are the holder of the card."),
        N_(
            "Pay again and confirm it as your bank asks: in its app, or with the code that "
            "it sends you. If that does not work, ask your bank."
        ),
    ),
    Fault.PAYMENT_DENIED: Advice(
        N_("The bank denied the payment without giving a reason."),
        N_("Ask your bank for the reason, or pay with another card."),
    ),
    Fault.ISSUER_UNREACHABLE: Advice(
        N_("The bank that issued the card could not be reached."),
        N_(
            "Look first whether the amount was taken from your account. If it was not, wait "
            "some minutes and pay again, or use another card."
        ),
    ),
    Fault.PAYMENT_CANCELLED: Advice(
        N_("The payment was cancelled before it was finished."),
        N_(
            "If you still want to pay, start the payment again, and leave the bank's page "
            "open until it leads you back."
        ),
    ),
    Fault.CERTIFICATE_EXPIRED: Advice(
        N_("The certificate has expired."),
        N_(
            "Use another certificate that is valid, or renew this one with whoever issued "
            "it. The page may also offer another way to identify yourself."
        ),
    ),
    Fault.CERTIFICATE_REVOKED: Advice(
        N_("The certificate was revoked."),
        N_("It cannot be used again. Use another one, or ask whoever issued it for a new one."),
    ),
    Fault.CERTIFICATE_NOT_ALLOWED: Advice(
        N_("Certificates of this kind are not allowed here."),
        N_(
            "Choose another certificate when you are asked for one, or another way to "
            "identify yourself that the page offers."
        ),
    ),
    Fault.IDENTIFICATION_TOO_WEAK: Advice(
        N_("The way in which you identified yourself is not secure enough for this procedure."),
        N_("Identify yourself again in a more secure way, for example with a certificate."),
    ),
    Fault.CERTIFICATE_STORE_CLOSED: Advice(
        N_("AutoFirma cannot open the store of your certificates."),
        N_(
            "Close the browser and AutoFirma, and open them again. If your certificate is on "
            "a card, put the card into its reader first."
        ),
    ),
    Fault.SIGNING_FAILED: Advice(
        N_("AutoFirma could not sign."),
        N_(
            "Close the browser and AutoFirma, open them again, and sign once more. Check the "
            "certificate's password if you are asked for it."
        ),
    ),
    Fault.NO_CERTIFICATE_TO_SIGN_WITH: Advice(
        N_("AutoFirma found no certificate to sign with."),
        N_(
            "Check that your certificate is installed on this computer with its private key "
            "and has not expired."
        ),
    ),
    Fault.NO_CERTIFICATE_FOUND: Advice(
        N_("No certificate was found."),
        N_(
            "Check that it is installed in the browser that you use, or that its card is in "
            "the reader. Then close all windows of the browser and open it again."
        ),
    ),
    Fault.PORTAL_FAILED: Advice(
        N_("The signature portal met an error."),
        N_("Wait some minutes and sign again."),
    ),
    Fault.SIGNATURE_CANCELLED: Advice(
        N_("The signature was cancelled before it was finished."),
        N_("Sign again, and finish it in the window that opens."),
    ),
    Fault.CERTIFICATE_OF_ANOTHER: Advice(
        N_("It was signed with another person's certificate."),
        N_("Sign again, and choose the certificate with the NIF of the person who must sign."),
    ),
}
