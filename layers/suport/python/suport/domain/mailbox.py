"""Which e-mail addresses lead to one mailbox."""

_GOOGLES = ("gmail.com", "googlemail.com")


def same_mailbox(address: str) -> str:
    """One way to write all addresses that lead to the same mailbox.

    Addresses that differ only in capitals, or after a plus in the mailbox, usually lead to the same
    person. Google also ignores dots, and delivers both its domains to one mailbox
    (https://support.google.com/mail/answer/7436150); elsewhere dots make another mailbox.
    """
    mailbox, _, domain = address.casefold().rpartition("@")
    mailbox = mailbox.partition("+")[0] or mailbox
    if domain in _GOOGLES:
        mailbox, domain = mailbox.replace(".", ""), _GOOGLES[0]
    return f"{mailbox}@{domain}"
