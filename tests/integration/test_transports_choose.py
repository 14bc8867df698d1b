"""From the environment to a transport: clear errors, and secrets that stay secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.errors import DeliveryError, SettingsError
from config.settings import Settings, load_settings
from notifications.mail_records import LEASE
from notifications.transports.choose import transport_from
from notifications.transports.files import FilesTransport
from tests.support.free_port import closed_port
from tests.support.mails import MAIL
from tests.support.raw_peer import raw_peer
from tests.support.sendgrid_server import sendgrid_server
from tests.support.smtp_server import Script, smtp_server

KEY = "SG.not-a-real-key"


class Environment:
    """Sets our variables for one test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, **values: str) -> Settings:
        for name, value in values.items():
            self._monkeypatch.setenv(f"TALENTNORD_{name.upper()}", value)
        return load_settings()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALENTNORD_{name.upper()}", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.chdir(tmp_path)
    return Environment(monkeypatch)


def test_with_nothing_set_mails_become_files(settings: Environment, tmp_path: Path) -> None:
    found = settings()
    assert found.database_url == "sqlite:///var/talentnord.db"
    transport = transport_from(found)
    assert isinstance(transport, FilesTransport)
    transport.send(MAIL)
    assert [path.name for path in (tmp_path / "var" / "mail").iterdir()] == ["2027-01-14T0800_effect-0001.eml"]


def test_smtp_is_reached_as_the_environment_says(settings: Environment) -> None:
    with smtp_server(Script(), login=True) as script:
        found = settings(
            mail_transport="smtp",
            smtp_host="127.0.0.1",
            smtp_port=str(script.port),
            smtp_user=script.user,
            smtp_password=script.password,
            smtp_starttls="false",
            sender_email="talentnord@aalborg.example",
        )
        transport_from(found).send(MAIL)
    assert [session.authenticated for session in script.sessions] == [True]


def test_sendgrid_is_reached_as_the_environment_says(settings: Environment) -> None:
    with sendgrid_server(KEY) as script:
        found = settings(
            mail_transport="sendgrid",
            sendgrid_api_key=f"{KEY}\n",
            sendgrid_host=f"{script.host}/",
            sender_email="talentnord@aalborg.example",
        )
        assert transport_from(found).send(MAIL).reference == "sg-42"


def test_every_missing_variable_is_named(settings: Environment) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(mail_transport="sendgrid")
    assert str(refused.value) == (
        "TALENTNORD_SENDGRID_API_KEY, TALENTNORD_SENDGRID_HOST, TALENTNORD_SENDER_EMAIL missing:"
        " TALENTNORD_MAIL_TRANSPORT is sendgrid; TALENTNORD_SENDGRID_HOST says in which region people's data is kept:"
        " https://api.eu.sendgrid.com (the EU, for an EU account) or https://api.sendgrid.com (the USA)"
    )
    with pytest.raises(SettingsError, match="TALENTNORD_SMTP_HOST, TALENTNORD_SENDER_EMAIL missing"):
        settings(mail_transport="smtp")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail_transport", "pigeon"),
        ("mail_timeout", "0"),
        ("mail_timeout", "151"),
        ("mail_timeout", "nan"),
        ("smtp_port", "70000"),
        ("sender_email", "Talent Nord <a@b.example>"),
        ("reply_to", "nobody"),
        ("sendgrid_api_key", "two words"),
        ("sendgrid_api_key", "nøgle"),
        ("sendgrid_webhook_key", "SG.not-a-real-key"),
        ("sendgrid_host", "http://api.sendgrid.com"),
        ("sendgrid_host", "api.sendgrid.com"),
        ("sendgrid_host", "https://å.example"),
        ("database_url", ""),
        ("ui_addresses", "talentnord.kommune.example"),
        ("ui_addresses", "ftp://talentnord.kommune.example"),
        ("ui_addresses", "https://talentnord.kommune.example/prefect"),
        ("ui_addresses", "https://talentnord.kommune.example https://"),
        ("ui_addresses", "https://talentnord.kommune.example:port"),
        ("ui_addresses", "https://user@talentnord.kommune.example"),
        ("ui_addresses", "*"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not_shown(settings: Environment, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**{name: value})
    (fault,) = refused.value.faults
    assert fault.startswith(f"TALENTNORD_{name.upper()}: ")
    assert name != "sendgrid_api_key" or value not in fault


def test_the_longest_hand_over_ends_well_before_its_claim_counts_as_lost(settings: Environment) -> None:
    assert settings(mail_timeout="150").mail_total <= LEASE.total_seconds() - 300


@pytest.mark.parametrize("peer", ["smtp", "sendgrid"])
def test_the_whole_hand_over_may_take_four_times_as_long_as_a_step(settings: Environment, peer: str) -> None:
    common = {"mail_transport": peer, "mail_timeout": "0.1", "sender_email": "talentnord@aalborg.example"}
    port = closed_port()
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": str(port), "smtp_starttls": "false"}
    sendgrid = {"sendgrid_api_key": KEY, "sendgrid_host": f"http://127.0.0.1:{port}"}
    transport = transport_from(settings(**common, **(smtp if peer == "smtp" else sendgrid)))
    piece = b"220-wait\r\n" if peer == "smtp" else b"HTTP/1.1 100 Continue\r\n\r\n"
    with raw_peer(port, lambda connection: connection.drip(piece)), pytest.raises(DeliveryError) as failure:
        transport.send(MAIL)
    assert "no end within 0.4 s" in str(failure.value)


def test_addresses_are_kept_as_browsers_write_an_origin(settings: Environment) -> None:
    found = settings(ui_addresses="https://TalentNord.Kommune.Example:443/, http://10.0.0.5:4200 http://[::1]:80")
    assert found.ui_addresses == ("https://talentnord.kommune.example", "http://10.0.0.5:4200", "http://[::1]")


def test_secrets_show_in_no_repr(settings: Environment) -> None:
    found = settings(
        sendgrid_api_key=KEY,
        smtp_password="hemmelig-1",
        database_url="postgresql://nord:hemmelig-2@db.example/nord",
    )
    assert found.sendgrid_api_key.get_secret_value() == KEY
    assert not any(secret in f"{found!r} {found}" for secret in (KEY, "hemmelig"))


def test_secrets_show_in_no_error(settings: Environment) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(mail_transport="smtp", database_url="postgresql://nord:hemmelig-2@db.example/nord")
    assert "hemmelig" not in str(refused.value)


def test_settings_are_fixed_once_read(settings: Environment) -> None:
    found = settings()
    with pytest.raises(ValidationError, match="frozen"):
        found.smtp_host = "elsewhere"  # type: ignore[misc]
