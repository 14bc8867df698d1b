"""Mails as bytes: deterministic, readable by any mail program, and closed to injection."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from config.errors import RejectedError
from notifications.transports.guard import without_addresses
from notifications.transports.mime import build
from notifications.transports.protocol import Address, Attachment, Mail
from tests.support.mails import CALENDAR, MAIL

LONG_LINK = f"https://talentnord.example/svar/{'aG9sZC0zLTA3=' * 20}.d-e_f"


def read(mail: Mail) -> EmailMessage:
    """What a mail program makes of the bytes."""
    message = message_from_bytes(build(mail).as_bytes(), policy=policy.default)
    assert not message.defects
    return message


def types(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_the_same_mail_gives_the_same_bytes() -> None:
    assert build(MAIL).as_bytes() == build(replace(MAIL)).as_bytes()


def test_the_bytes_are_ascii_with_network_line_ends_and_short_lines() -> None:
    content = build(replace(MAIL, text="å" * 3000)).as_bytes()
    assert content.isascii()
    assert not re.search(rb"(?<!\r)\n", content)
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_two_mails_have_boundaries_of_their_own() -> None:
    first, second = (build(replace(MAIL, message_id=ident)).get_boundary() for ident in ("one", "two"))
    assert first != second


def test_a_boundary_in_the_text_does_not_end_a_part() -> None:
    boundary = f"--{build(MAIL).get_boundary()}--"
    text = f"before\n{boundary}\nafter\n"
    part = read(replace(MAIL, text=text)).get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == text


def test_the_headers_say_who_what_and_that_a_machine_wrote_it() -> None:
    message = read(MAIL)
    assert message["From"].addresses[0].addr_spec == "talentnord@aalborg.example"
    assert message["To"].addresses[0].display_name == "Åse Ærø"
    assert message["To"].addresses[0].addr_spec == "aase@hjoerring.example"
    assert message["Reply-To"].addresses[0].display_name == "Søren Koordinator"
    assert message["Subject"] == "Forventningssamtale før kick-off på mandag"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert message["Message-ID"] == "<effect-0001@aalborg.example>"
    assert message["Date"] == "Thu, 14 Jan 2027 08:00:00 +0000"


def test_the_date_is_the_mails_own_in_utc() -> None:
    copenhagen = datetime(2027, 1, 14, 9, 0, tzinfo=timezone(timedelta(hours=1)))
    assert build(replace(MAIL, date=copenhagen)).as_bytes() == build(MAIL).as_bytes()


def test_no_reply_to_means_no_header() -> None:
    assert "Reply-To" not in build(replace(MAIL, reply_to=None))


@pytest.mark.parametrize(
    "words",
    [
        # Python's own policy begins each of these with an empty line, in a subject or in a name.
        "1: Forberedelse modul til af organisationsudviklingskonsulent modul 2,",
        "organisationsudviklingskonsulent organisationsudviklingskonsulent modul",
        "Ærø Ærø tværs – »citat« på på",
        "modul grænser – grænser – Ærø –",
        "x" * 90,
        "ø" * 90,
    ],
)
def test_a_subject_and_a_name_begin_on_the_line_of_their_header(words: str) -> None:
    mail = replace(MAIL, subject=words, to=Address(words, "aase@hjoerring.example"), reply_to=Address(words, "b@c.dk"))
    head = build(mail).as_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line for line in head if line.endswith(b":") or not line.strip()] == []
    assert max(len(line) for line in head if b"boundary" not in line) <= 76
    assert read(mail)["Subject"] == words
    assert read(mail)["To"].addresses[0].display_name.replace(" ", "") == words.replace(" ", "")


def test_the_longest_message_id_stays_in_one_piece() -> None:
    ident = "a" * 180
    assert f"<{ident}@aalborg.example>".encode() in build(replace(MAIL, message_id=ident)).as_bytes()


@pytest.mark.parametrize(
    "name", ["", "Åse", 'Jens "Jensen", Ærø', "Ole <chef@x.example>", "ø" * 120, "Anna, Bo; Carl", "a" * 200]
)
def test_any_name_survives_and_adds_no_recipient(name: str) -> None:
    (address,) = read(replace(MAIL, to=Address(name, "aase@hjoerring.example")))["To"].addresses
    assert address.addr_spec == "aase@hjoerring.example"
    # This reader shows the blanks between the folded words of a name, against RFC 2047.
    assert address.display_name.replace(" ", "") == name.replace(" ", "")


def test_the_parts_are_plain_html_calendar_and_the_file() -> None:
    assert types(read(MAIL)) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]


def test_the_calendar_stands_last_among_the_alternatives_and_as_a_file() -> None:
    alternatives, file = read(MAIL).iter_parts()
    inline = list(alternatives.iter_parts())[-1]
    assert inline["Content-Type"].params["method"] == "REQUEST"
    assert "SUMMARY:Mødet på Østerå" in inline.get_content()
    assert file.get_filename() == "invitation.ics"
    assert file["Content-Type"].params["method"] == "REQUEST"
    assert file.get_content().encode().replace(b"\r\n", b"\n") == CALENDAR.content.replace(b"\r\n", b"\n")


def test_of_two_calendar_files_none_hides_the_other() -> None:
    second = replace(CALENDAR, filename="second.ics")
    message = read(replace(MAIL, attachments=(CALENDAR, second)))
    assert types(message).count("text/calendar") == 2
    assert [part.get_filename() for part in message.iter_attachments()] == ["invitation.ics", "second.ics"]


def test_a_mail_without_files_is_its_two_alternatives() -> None:
    assert types(read(replace(MAIL, attachments=()))) == ["multipart/alternative", "text/plain", "text/html"]


def test_another_file_is_attached_byte_for_byte() -> None:
    plan = Attachment("plan på dansk.pdf", "application/pdf", bytes(range(256)))
    (file,) = read(replace(MAIL, attachments=(plan,))).iter_attachments()
    assert file.get_filename() == "plan på dansk.pdf"
    assert file.get_content() == plan.content


def test_an_international_domain_is_written_in_ascii() -> None:
    message = read(replace(MAIL, to=Address("Bo", "bo@hjørring.example")))
    assert message["To"].addresses[0].addr_spec == "bo@xn--hjrring-r1a.example"


UNSAFE = {
    "a second header in the subject": replace(MAIL, subject="Hej\r\nBcc: all@x.example"),
    "a second header hidden in an encoded word": replace(MAIL, subject="=?utf-8?q?a=0D=0ABcc:_all@x.example?="),
    "an encoded word in a name": replace(MAIL, to=Address("=?utf-8?q?a=0D=0AB:_c?=", "aase@x.example")),
    "an encoded word in an address": replace(MAIL, to=Address("Åse", "=?utf-8?q?a=0D=0AB?=@x.example")),
    "a line break of Unicode in the subject": replace(MAIL, subject="Hej\u2028Bcc: all@x.example"),
    "a second header in a name": replace(MAIL, to=Address("Åse\nBcc: all@x.example", "aase@x.example")),
    "a second header in an address": replace(MAIL, to=Address("Åse", "aase@x.example\nBcc: all@x.example")),
    "two addresses": replace(MAIL, to=Address("Åse", "aase@x.example, bo@x.example")),
    "a name in the address": replace(MAIL, to=Address("Åse", "Bo <bo@x.example>")),
    "an address without @": replace(MAIL, reply_to=Address("Åse", "aase")),
    "an address no SMTP server must take": replace(MAIL, to=Address("Åse", "åse@x.example")),
    "a break in the sender's name": replace(MAIL, sender=Address("A\rB", "a@x.example")),
    "a break in a file name": replace(MAIL, attachments=(replace(CALENDAR, filename="a\n.ics"),)),
    "a break in a content type": replace(MAIL, attachments=(replace(CALENDAR, content_type="text/plain\nX: y"),)),
    "no content type": replace(MAIL, attachments=(replace(CALENDAR, content_type="calendar"),)),
    "a calendar that is not UTF-8": replace(MAIL, attachments=(replace(CALENDAR, content=b"\xe6"),)),
    "a path as message id": replace(MAIL, message_id="../../etc/x"),
    "an empty message id": replace(MAIL, message_id=""),
    "a message id with a break": replace(MAIL, message_id="a\n"),
    "a message id too long for a file name": replace(MAIL, message_id="a" * 181),
    "a date without time zone": replace(MAIL, date=datetime(2027, 1, 14, 8, 0, tzinfo=UTC).replace(tzinfo=None)),
}


@pytest.mark.parametrize("mail", UNSAFE.values(), ids=UNSAFE.keys())
def test_what_could_be_read_as_something_else_is_refused_without_naming_anyone(mail: Mail) -> None:
    with pytest.raises(RejectedError) as refused:
        build(mail)
    assert "@x.example" not in str(refused.value)


def test_what_a_peer_says_is_kept_short_and_without_addresses() -> None:
    assert without_addresses("5.1.1 <aase@x.example>:\r\n unknown") == "5.1.1 <[address]>: unknown"
    assert len(without_addresses("x" * 500)) == 200


def test_a_link_that_a_peer_quotes_from_a_mail_is_taken_out() -> None:
    said = "554 spam: https://talentnord.example/svar/aG9.d-e_f; see https://peer.example/why"
    assert without_addresses(said) == "554 spam: [link]; see https://peer.example/why"


def test_a_link_longer_than_a_line_comes_out_whole() -> None:
    text = f"Sig, hvornår mødet er holdt:\n{LONG_LINK}\n\nVenlig hilsen\n"
    html = f'<p><a href="{LONG_LINK}">Sig, hvornår mødet er holdt</a></p>\n'
    message = read(replace(MAIL, text=text, html=html))
    for kind, said in (("plain", text), ("html", html)):
        part = message.get_body((kind,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == said
