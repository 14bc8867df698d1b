"""How a mail's headers are written: no line over 76 signs, none of them empty, all of it ASCII.

Python's own policy starts a header with an empty line where its first word does not fit beside its name; some programs
then show no subject, or one that begins with a blank.
"""

from __future__ import annotations

from email.header import Header
from email.headerregistry import Address as Mailbox
from email.policy import EmailPolicy

LINE = 76
"""The longest line of a header that holds an encoded word (RFC 2047)."""

FROM_A_MACHINE = {
    "Auto-Submitted": "auto-generated",
    # Exchange asks for its own header: no receipts and no absence replies; reports that a mail failed are wanted.
    "X-Auto-Response-Suppress": "DR, RN, NRN, OOF, AutoReply",
}
"""What tells other machines that no person wrote a mail, so that none of them answers it."""

_WORDS = frozenset({"subject"})
_MAILBOXES = frozenset({"from", "to", "reply-to"})


class HeaderPolicy(EmailPolicy):
    """The policy for SMTP, with subjects and mailboxes folded by ``folded`` and ``folded_mailbox``."""

    def fold(self, name: str, value: str) -> str:
        """Return a header as its lines."""
        if name.lower() in _WORDS:
            return f"{folded(name, str(value))}\r\n"
        if name.lower() in _MAILBOXES:
            (mailbox,) = self.header_factory(name, value).addresses
            return f"{folded_mailbox(name, mailbox)}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header as its lines, for a message that is written as bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


def folded(name: str, text: str) -> str:
    """Return a header of free text: as it is where it fits a line in ASCII, otherwise in encoded words."""
    line = f"{name}: {text}"
    return line if text.isascii() and len(line) <= LINE else f"{name}: {_encoded(name, text)}"


def folded_mailbox(name: str, mailbox: Mailbox) -> str:
    """Return a header of one mailbox; the address goes to a line of its own where the name leaves it no room."""
    line = f"{name}: {mailbox}"
    if not mailbox.display_name or (line.isascii() and len(line) <= LINE):
        return line
    words = f"{name}: {_encoded(name, mailbox.display_name)}"
    address = f"<{mailbox.addr_spec}>"
    fits = len(words.rpartition("\r\n")[2]) + len(address) < LINE
    return " ".join((words, address)) if fits else "\r\n ".join((words, address))


def _encoded(name: str, text: str) -> str:
    return Header(text, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep="\r\n")
