"""What every mail has in common: whom it comes from, who gets the answers, where its words and links are from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifications.digest import Digest
from notifications.links import Links
from notifications.mail_records import mail_id_of
from notifications.transports.protocol import Address, Mail


@dataclass(frozen=True)
class Letterhead:
    """Who mails come from, where the programmes' own templates lie, and who gets answers if not the coordinator.

    ``links`` lead to the site; without it mails hold none, and ask to be answered.
    """

    sender: Address
    templates_root: Path
    reply_to: Address | None = None
    links: Links | None = None

    def mail(self, digest: Digest, date: datetime) -> Mail:
        """Return a digest as a mail, ready to be handed over."""
        recipient, coordinator = digest.greeting.recipient, digest.greeting.coordinator
        return Mail(
            message_id=mail_id_of(digest.effects),
            sender=self.sender,
            to=Address(recipient.name, recipient.email),
            reply_to=self.reply_to or Address(coordinator.name, coordinator.email),
            subject=digest.said.subject,
            text=digest.said.text,
            html=digest.said.html,
            date=date,
            attachments=digest.attachments,
        )
