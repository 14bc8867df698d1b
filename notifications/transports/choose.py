"""The transport that the settings ask for."""

from __future__ import annotations

from config.settings import Settings
from notifications.transports.files import FilesTransport
from notifications.transports.protocol import Transport
from notifications.transports.sendgrid import SendGridTransport
from notifications.transports.smtp import SmtpTransport


def transport_from(settings: Settings) -> Transport:
    """The chosen transport, ready to send; nothing is opened yet."""
    if settings.mail_transport == "sendgrid":
        key = settings.sendgrid_api_key.get_secret_value()
        return SendGridTransport(key, settings.sendgrid_host, settings.mail_timeout, total=settings.mail_total)
    if settings.mail_transport == "smtp":
        return SmtpTransport(
            settings.smtp_host,
            settings.smtp_port,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
            starttls=settings.smtp_starttls,
            timeout=settings.mail_timeout,
            total=settings.mail_total,
        )
    return FilesTransport(settings.mail_directory)
