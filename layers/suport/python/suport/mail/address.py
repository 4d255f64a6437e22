"""Citizens' e-mail addresses: which of them can get mail, and which lead to the same person."""

from suport.domain import plain_contact
from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.mailbox import same_mailbox


def sendable(address: str) -> str | None:
    """The address in the letters that SES takes: a domain in other letters is encoded.

    None if the mailbox has letters other than ASCII: SES does not deliver to such a mailbox
    (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html).
    """
    if plain := plain_contact.email(address):
        return plain
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  25 ms

    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.ascii_email


def address_digest(secret: bytes, address: str) -> str:
    """A digest by which the register counts mails to an address; it does not reveal the address."""
    return keyed_hash(secret, Purpose.MAIL_ADDRESS, same_mailbox(address)).hex()
