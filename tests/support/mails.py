"""A made-up mail for the transports' tests."""

from datetime import UTC, datetime

from notifications.transports.protocol import Address, Attachment, Mail

CALENDAR = Attachment(
    "invitation.ics",
    "text/calendar; method=REQUEST; charset=utf-8",
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Mødet på Østerå\r\nEND:VCALENDAR\r\n".encode(),
)

MAIL = Mail(
    message_id="effect-0001",
    sender=Address("Talent Nord", "talentnord@aalborg.example"),
    to=Address("Åse Ærø", "aase@hjoerring.example"),
    reply_to=Address("Søren Koordinator", "soeren@aalborg.example"),
    subject="Forventningssamtale før kick-off på mandag",
    text="Kære Åse\n\nHusk samtalen.\n.\nHilsen\n",
    html="<p>Kære Åse</p><p>Husk samtalen.</p>",
    date=datetime(2027, 1, 14, 8, 0, tzinfo=UTC),
    attachments=(CALENDAR,),
)
