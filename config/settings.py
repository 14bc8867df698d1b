"""What the environment says: database, mail transport, addresses. Every variable starts with ``TALENTNORD_``."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    IPvAnyAddress,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.errors import SettingsError
from config.mail_address import MailAddress
from config.names import Language
from config.plain_text import PersonName
from config.webhook_key import webhook_key

_PREFIX = "TALENTNORD_"
_NO_SENDER = "talentnord@talentnord.example"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_REGIONS = (
    f"; {_PREFIX}SENDGRID_HOST says in which region people's data is kept: https://api.eu.sendgrid.com (the EU, for an"
    " EU account) or https://api.sendgrid.com (the USA)"
)
_HEADER = r"^([A-Za-z][A-Za-z0-9-]*)?$"
_PORTS = {"http": 80, "https": 443}
MAIL_STEPS = 4
"""Handing a mail over may take so many times as long as one step of it."""


class Settings(BaseSettings):
    """The project's settings, fixed once read; passwords and keys show in no repr and no error.

    With nothing set, mails become files under ``var/mail``. Build it with ``load_settings``.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, hide_input_in_errors=True)

    # An URL may hold a password.
    database_url: str = Field(default="sqlite:///var/talentnord.db", min_length=1, repr=False)
    config_root: Path | None = None
    """Where ``programmes/``, ``cohorts/`` and ``profiles/`` lie; the project's own ``config/`` if not set."""
    clock_ahead: int = 0
    """Seconds by which the clock is ahead of the real one: a demo goes on where its programme has ended."""
    mail_transport: Literal["files", "smtp", "sendgrid"] = "files"
    mail_directory: Path = Path("var/mail")
    mail_timeout: float = Field(default=20.0, gt=0, le=150)
    """Seconds for each step of a conversation with a mail peer; the whole of it may take four times as long."""
    mails_per_second: float = Field(default=10.0, ge=0, le=1000)
    """How many mails all workers together hand over in a second at most; 0 for as fast as they can."""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = True
    sendgrid_api_key: SecretStr = SecretStr("")
    sendgrid_host: str = ""
    """Where mails go to: people's data stay in that region, so none is taken for granted."""
    sendgrid_webhook_key: str = ""
    """The public key that SendGrid signs the events of our mails with; without it none are taken."""
    sender_name: PersonName = "Talent Nord"
    sender_email: MailAddress = _NO_SENDER
    reply_to: MailAddress | None = None
    operator_webhook: SecretStr = SecretStr("")
    """Where the operator is told that a tick failed, is late or missing, if anywhere. It is often a key."""
    site_url: Annotated[str, AfterValidator(lambda url: _origin(url) if url.strip() else "")] = ""
    """Where talents and leaders reach the pages that they answer on; without it mails hold no links."""
    site_language: Language = "da"
    """The language of the pages that do not know who looks; all others are in that of the programme."""
    site_key: SecretStr = SecretStr("")
    """What links are signed with; two, the newer first and a comma between them, while one replaces the other."""
    site_key_file: Path = Path("var/site.key")
    """Where a key is kept that is made at the first start, if the environment gives none."""
    ui_addresses: Annotated[tuple[str, ...], NoDecode] = ()
    """How browsers and other machines reach Prefect's server where that is not the address it listens on."""
    sign_in: bool = False
    """Whether coordinators sign in, by a link that is mailed to them, before they see anything of Prefect (R67)."""
    sign_in_header: Annotated[str, Field(pattern=_HEADER)] = ""
    """The header in which a proxy says who has signed in with it: their mail address. Then no link is mailed."""
    sign_in_proxies: Annotated[tuple[IPvAnyAddress, ...], NoDecode] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
    """The addresses of those proxies: from nobody else is the header believed."""

    @property
    def mail_total(self) -> float:
        """Seconds for handing one mail over, all in all; well below the 15 minutes after which it counts as unknown."""
        return MAIL_STEPS * self.mail_timeout

    @property
    def signs_in(self) -> bool:
        """Whether nobody sees anything of Prefect without having signed in."""
        return self.sign_in or bool(self.sign_in_header)

    @field_validator("sign_in_proxies", mode="before")
    @classmethod
    def _hosts(cls, given: object) -> object:
        return tuple(given.replace(",", " ").split()) if isinstance(given, str) else given

    @field_validator("ui_addresses", mode="before")
    @classmethod
    def _origins(cls, given: object) -> object:
        return tuple(map(_origin, given.replace(",", " ").split())) if isinstance(given, str) else given

    @field_validator("sendgrid_api_key")
    @classmethod
    def _one_word(cls, key: SecretStr) -> SecretStr:
        # A key read from a file often ends in a line break, which an HTTP header must not hold.
        word = key.get_secret_value().strip()
        if not word.isascii() or any(character.isspace() for character in word):
            raise ValueError("is not a key: it must be one word of ASCII characters")
        return SecretStr(word)

    @field_validator("operator_webhook")
    @classmethod
    def _address(cls, address: SecretStr) -> SecretStr:
        word = address.get_secret_value().strip()
        url = urlsplit(word)
        if word and not (url.scheme in _PORTS and url.hostname and word.isascii() and len(word.split()) == 1):
            raise ValueError("must be an address such as https://chat.kommune.example/hooks/talentnord")
        return SecretStr(word)

    @field_validator("sendgrid_host")
    @classmethod
    def _encrypted(cls, host: str) -> str:
        if not host:
            return host
        url = urlsplit(host)
        # The key and the mails go there.
        safe = url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK)
        if not (url.hostname and host.isascii() and safe):
            raise ValueError("must be an https address, such as https://api.eu.sendgrid.com")
        return host.rstrip("/")

    @field_validator("sendgrid_webhook_key")
    @classmethod
    def _public_key(cls, text: str) -> str:
        word = "".join(text.split())
        if word:
            webhook_key(word)
        return word

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "files": [],
            "smtp": [("smtp_host", self.smtp_host)],
            "sendgrid": [
                ("sendgrid_api_key", self.sendgrid_api_key.get_secret_value()),
                ("sendgrid_host", self.sendgrid_host),
            ],
        }[self.mail_transport]
        if self.mail_transport != "files":
            needed.append(("sender_email", "" if self.sender_email == _NO_SENDER else self.sender_email))
        missing = [_variable(name) for name, value in needed if not value]
        if missing:
            hint = _REGIONS if _variable("sendgrid_host") in missing else ""
            chosen = f"{_variable('mail_transport')} is {self.mail_transport}"
            raise ValueError(f"{', '.join(missing)} missing: {chosen}{hint}")
        return self


def load_settings() -> Settings:
    """The settings of this environment; raises SettingsError naming every variable that is wrong or missing."""
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise SettingsError([_sentence(fault["loc"], fault["msg"]) for fault in faults]) from None


def _origin(text: str) -> str:
    """Return an address as browsers write an origin: scheme, host, and a port only where it is not the usual one."""
    address = text.lower().rstrip("/")
    url = urlsplit(address)
    try:
        port = url.port
    except ValueError:
        port = 0
    usual = _PORTS.get(url.scheme)
    if usual is None or not url.hostname or port == 0 or "@" in url.netloc or address != f"{url.scheme}://{url.netloc}":
        raise ValueError("must be addresses such as https://talentnord.kommune.example, without a path")
    return address.removesuffix(f":{usual}") if port == usual else address


def _sentence(place: tuple[int | str, ...], what: str) -> str:
    said = what.removeprefix("Value error, ")
    return f"{_variable(str(place[0]))}: {said}" if place else said


def _variable(field: str) -> str:
    return f"{_PREFIX}{field.upper()}"
