"""Every message of the programme, rendered for everyone it goes to (R12, R42, R44 to R46, R48)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from config.errors import TemplateError
from notifications.render import Section, compose, known_messages, render_message, render_task
from notifications.view_models import CommitmentView, Context, EventView, Greeting, ModuleView, Person, Talent

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
PROGRAMME = Path(__file__).parents[2] / "config" / "programmes" / "talent-nord.yaml"
DEFINITION: dict[str, Any] = YAML(typ="safe").load(PROGRAMME)

METTE = Talent(
    "Mette Østergaard",
    "Mette",
    "mette@hjorring.example",
    level_label="leder af medarbejdere",
    organisation="Hjørring Kommune",
    unit="Hjemmeplejen",
)
HANNE = Person("Hanne Kjær", "Hanne", "hanne@hjorring.example", "Hjørring Kommune")
JENS = Person("Jens Lykke", "Jens", "jens@morso.example", "Morsø Kommune")
KIRSTEN = Person("Kirsten Toft", "Kirsten", "kirsten@aalborg.example")
BASE = Context(
    role="talent",
    recipient=METTE,
    coordinator=KIRSTEN,
    administration=Person("Kursusadministrationen", "Kursusadministrationen", "kursus@aalborg.example"),
    programme="Talent Nord",
    cohort="Hold 3",
    today=date(2027, 2, 1),
)
ENGLISH = re.compile(r"\b(the|and|you|your|please|with|deadline|meeting|reminder|due|of|from|this)\b", re.IGNORECASE)
FULL_DATE = re.compile(r"[a-zø]+dag den \d{1,2}\. [a-z]+ \d{4}")


@dataclass(frozen=True)
class Case:
    """One message to one role, with the context that its place in the definition gives."""

    kind: str
    message: str
    context: Context
    where: str

    def __str__(self) -> str:
        return f"{self.message}-{self.context.role}-{self.where}"


def a_day(ident: str, start: datetime, hours: float) -> EventView:
    return EventView(
        ident, ident, start, start + timedelta(hours=hours), "Nordkraft, Aalborg", ("Kristian Dahl", "Ole Bech")
    )


def a_module(number: int, title: str, bootcamp: bool) -> ModuleView:
    first = datetime(2027, 2, 25, 9, tzinfo=COPENHAGEN)
    days = (a_day("d1", first, 7), a_day("d2", first + timedelta(days=1 if bootcamp else 21), 7))
    material = (("Podcast: At lede talent & tvivl", "https://example.org/podcast?a=1&b=2"),)
    return ModuleView(number, title, bootcamp, days, "Direktionen i Thisted Kommune", None, material)


MODULES = [
    a_module(entry["number"], entry["title"], entry["shape"] == "bootcamp")
    for entry in DEFINITION["calendar"]
    if "module" in entry
]
KICKOFF = replace(a_day("kickoff", datetime(2027, 1, 14, 12, tzinfo=COPENHAGEN), 4), label="Fælles kick-off")
CHALLENGES = [module for module in MODULES if module.bootcamp]


def effects_of(part: Any) -> list[dict[str, Any]]:
    """All effects anywhere within a part of the definition."""
    if isinstance(part, dict):
        here = [part] if "mail" in part or "task" in part else []
        return here + [effect for value in part.values() for effect in effects_of(value)]
    return [effect for value in part for effect in effects_of(value)] if isinstance(part, list) else []


def addressed(effects: list[dict[str, Any]], context: Context, where: str) -> Iterator[Case]:
    for effect in effects:
        kind = "mail" if "mail" in effect else "task"
        for role in effect["to"]:
            recipient = METTE if role == "talent" else HANNE
            yield Case(kind, effect[kind], replace(context, role=role, recipient=recipient), where)


def milestone_cases() -> Iterator[Case]:
    days = [(module, index) for module in MODULES for index in range(len(module.days))]
    for module, index in days:
        shape = DEFINITION["shapes"]["bootcamp" if module.bootcamp else "ordinary"]
        context = replace(BASE, module=module, event=module.days[index], mentor=HANNE, talent=METTE)
        for effect in addressed(effects_of(shape["days"][index]), context, f"m{module.number}d{index + 1}"):
            yield without_talent(effect)
            yield replace(effect, context=replace(effect.context, group=(JENS,)), where=effect.where + "-group")
    for entry in DEFINITION["calendar"]:
        if "milestone" in entry:
            event = replace(KICKOFF, id=entry["milestone"], label=entry["label"])
            context = replace(BASE, event=event, mentor=HANNE, talent=METTE)
            yield from map(without_talent, addressed(effects_of(entry), context, entry["milestone"]))
            moved = [{"mail": DEFINITION["on_move"], "to": entry.get("audience", ["talent"])}]
            yield from map(without_talent, addressed(moved, context, f"{entry['milestone']}-moved"))


def without_talent(case: Case) -> Case:
    """A milestone's notice names a talent to that talent only: a mentor may have two."""
    if case.context.role == "talent":
        return case
    return replace(case, context=replace(case.context, talent=None, mentor=None))


def journey_cases() -> Iterator[Case]:
    context = replace(BASE, talent=METTE, mentor=HANNE, group=(JENS,), details={"note": "Ferie"})
    for name, event in DEFINITION["events"].items():
        yield from addressed(effects_of(event), replace(context, next_event=None, event=KICKOFF), name)
        day = replace(MODULES[1].days[0], module=MODULES[1])
        yield from addressed(effects_of(event), replace(context, next_event=day, event=day), f"{name}-m2d1")


def commitment_cases() -> Iterator[Case]:
    talents_own = replace(BASE, talent=METTE, mentor=HANNE, group=(JENS,), group_number=2)
    for entry in DEFINITION["commitments"]:
        promise = CommitmentView(entry["label"], date(2027, 3, 4), date(2027, 3, 5), entry.get("choices", {}))
        context = replace(BASE if entry.get("subject") == "cohort" else talents_own, commitment=promise)
        variants = {"plain": context, "helped": replace(context, consultant=JENS, second_mentor=JENS)}
        if entry.get("pairs"):
            variants = {"alone": context, "paired": replace(context, partner=JENS)}
        if entry.get("each"):
            modules = CHALLENGES if entry.get("only_challenges") else MODULES
            variants = {f"m{module.number}": replace(context, module=module) for module in modules}
            variants["today"] = replace(context, module=modules[0], today=promise.due)
        for where, variant in variants.items():
            yield from addressed(effects_of(entry), variant, where)


CASES = [*milestone_cases(), *journey_cases(), *commitment_cases()]
MAILS = [case for case in CASES if case.kind == "mail"]
TASKS = [case for case in CASES if case.kind == "task"]


def plain(markup: str) -> str:
    """The words of HTML, with one space between any two."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def assert_reads_well(text: str) -> None:
    assert text == text.strip()
    assert not re.search(r"None|\{\{|\}\}|\{%|  |\n\n\n| \n| [,.;]", text)
    assert not ENGLISH.search(text)


@pytest.mark.parametrize("case", MAILS, ids=str)
def test_every_mail_of_the_definition_reads_well_for_everyone_it_goes_to(case: Case) -> None:
    section = render_message(case.message, case.context)
    assert 0 < len(section.subject) < 78
    assert "\n" not in section.subject
    assert_reads_well(section.subject)
    assert_reads_well(section.text)
    assert section.text.count("\n") >= 2
    assert_reads_well(plain(section.html).replace(" ,", ",").replace(" .", ".").replace(" ;", ";"))


@pytest.mark.parametrize("case", MAILS, ids=str)
def test_text_and_html_say_the_same(case: Case) -> None:
    section = render_message(case.message, case.context)
    assert FULL_DATE.findall(section.text) == FULL_DATE.findall(plain(section.html))
    words = re.findall(r"[\wæøå]+", re.sub(r"https?:\S+", "", section.text))
    assert sorted(words) == sorted(re.findall(r"[\wæøå]+", plain(section.html)))


@pytest.mark.parametrize("case", TASKS, ids=str)
def test_every_task_of_the_definition_says_whom_it_is_about_and_what_to_do(case: Case) -> None:
    task = render_task(case.message, case.context)
    assert_reads_well(task.title)
    assert_reads_well(task.text)
    assert len(task.title) < 78
    assert case.context.talent is None or case.context.talent.name in task.title


@pytest.mark.parametrize("case", [case for case in MAILS if case.context.role != "talent"], ids=str)
def test_a_mail_to_someone_else_never_speaks_as_to_the_talent(case: Case) -> None:
    text = render_message(case.message, case.context).text
    assert not re.search(r"\b([Dd]in|[Dd]it) (mentor|udviklingsplan|forløb|makker)\b(?! i en opgave)", text)


def test_every_message_of_the_definition_has_templates_and_no_template_is_left_over() -> None:
    assert known_messages() == {case.message for case in CASES}


def test_a_deadline_is_written_as_a_danish_date() -> None:
    case = next(case for case in MAILS if case.message == "meeting_plan")
    section = render_message("meeting_plan", case.context)
    assert "senest torsdag den 4. marts 2027" in section.text
    assert "<strong>torsdag den 4. marts 2027</strong>" in section.html


def test_an_event_is_written_with_danish_times() -> None:
    context = replace(BASE, talent=METTE, module=MODULES[0], event=MODULES[0].days[1])
    text = render_message("module_day_reminder", context).text
    assert "Tid: torsdag den 18. marts 2027 kl. 9.00–16.00" in text


def test_a_bootcamp_is_one_stretch_with_the_owner_of_its_challenge_if_there_is_one_yet() -> None:
    bootcamp = CHALLENGES[0]
    context = replace(BASE, talent=METTE, module=bootcamp, event=bootcamp.days[0])
    text = render_message("module_invitation", context).text
    assert "Start: torsdag den 25. februar 2027 kl. 9.00\nSlut: fredag den 26. februar 2027 kl. 16.00" in text
    assert "Opgavestiller: Direktionen i Thisted Kommune" in text
    unsecured = replace(context, module=replace(bootcamp, challenge_owner=None))
    assert "Opgavestiller" not in render_message("module_invitation", unsecured).text


def test_who_pays_a_visit_without_a_partner_yet_is_told_how_to_get_one() -> None:
    alone = next(case for case in MAILS if (case.message, case.where) == ("shadow_plan", "alone"))
    assert "Du har ikke en makker endnu" in render_message("shadow_plan", alone.context).text


def test_the_group_is_not_told_the_note_of_an_absence() -> None:
    context = replace(BASE, talent=METTE, event=KICKOFF, details={"note": "Sygemelding"}, recipient=JENS)
    assert "Sygemelding" not in render_message("absence", replace(context, role="group")).text
    assert "Sygemelding" in render_message("absence", replace(context, role="administration")).text


def test_an_unknown_message_is_refused_by_name() -> None:
    with pytest.raises(TemplateError, match="'no_such_message', part subject") as caught:
        render_message("no_such_message", BASE)
    assert (caught.value.message, caught.value.part) == ("no_such_message", "subject")


@pytest.mark.parametrize("missing", ["commitment", "mentor", "module"])
def test_a_message_whose_value_is_missing_is_refused_rather_than_sent(missing: str) -> None:
    whole = next(case.context for case in MAILS if case.message == "meeting_plan")
    nothing: dict[str, Any] = {missing: None}
    with pytest.raises(TemplateError, match="meeting_plan"):
        render_message("meeting_plan", replace(whole, **nothing))


@pytest.mark.parametrize("template", ["Mentor: {{ mentor }}", "{{ event|date }}", "{{ event|time }}"])
def test_a_value_that_is_none_is_never_printed(tmp_path: Path, template: str) -> None:
    message = tmp_path / "da" / "greeting"
    message.mkdir(parents=True)
    (message / "subject.j2").write_text("Hej")
    (message / "text.j2").write_text(template)
    with pytest.raises(TemplateError, match=r"part text: a .* (None|missing)"):
        render_message("greeting", BASE, folder=tmp_path)


def test_names_are_escaped_in_html_and_left_alone_in_text() -> None:
    odd = replace(METTE, name="Anna <b> & O'Neil", first_name="Anna <b>")
    section = render_message("talk_reminder", replace(commitment_context(), talent=odd, role="mentor"))
    assert "Anna <b> & O'Neil" in section.text
    assert "Anna <b>" in section.subject
    assert "Anna &lt;b&gt; &amp; O&#39;Neil" in section.html
    mail = compose([section], Greeting(replace(HANNE, first_name="Ib & <i>"), KIRSTEN, "Talent Nord"))
    assert "Kære Ib & <i>" in mail.text
    assert "Kære Ib &amp; &lt;i&gt;" in mail.html
    assert "<b>" not in mail.html


def commitment_context() -> Context:
    return replace(BASE, talent=METTE, mentor=HANNE, commitment=CommitmentView("Forventningssamtale", date(2027, 3, 4)))


def test_a_subject_stays_one_line_whatever_a_name_holds() -> None:
    odd = replace(METTE, first_name="Mette\r\nBcc: alle@example.org")
    subject = render_message("talk_convene", replace(commitment_context(), talent=odd, role="mentor")).subject
    assert subject == "Indkald Mette Bcc: alle@example.org til forventningssamtale"


GREETING = Greeting(HANNE, KIRSTEN, "Talent Nord")


def test_one_section_is_a_mail_with_that_subject_greeted_and_signed_once() -> None:
    mail = compose([Section("Emne", "Kort besked.", "<p>Kort besked.</p>")], GREETING)
    assert mail.subject == "Emne"
    assert mail.text == (
        "Kære Hanne\n\nKort besked.\n\nHar du spørgsmål, så svar blot på denne mail.\n\n"
        "Venlig hilsen\nKirsten Toft\nTalent Nord\n"
    )


def test_three_sections_are_one_mail_each_under_its_own_heading() -> None:
    sections = [Section(f"Emne {n}", f"Besked {n}.", f"<p>Besked {n}.</p>") for n in (1, 2, 3)]
    mail = compose(sections, GREETING)
    assert mail.subject == "Talent Nord: 3 ting til dig"
    for part in (mail.text, plain(mail.html)):
        assert part.count("Kære Hanne") == part.count("Venlig hilsen") == part.count("svar blot") == 1
        assert re.search(r"1\. Emne 1\s+Besked 1\.\s+2\. Emne 2\s+Besked 2\.\s+3\. Emne 3\s+Besked 3\.", part)


def test_a_mail_without_sections_is_refused() -> None:
    with pytest.raises(TemplateError, match="at least one section"):
        compose([], GREETING)


def test_the_html_mail_is_in_danish_with_inline_styles_and_nothing_remote() -> None:
    page = compose([Section("Emne", "Besked.", "<p>Besked.</p>")], GREETING).html
    assert '<html lang="da">' in page
    assert "<style" not in page
    assert "max-width: 600px" in page
    assert not re.search(r"<img|<link|<script|url\(|https?:", page)


def test_a_programme_brings_its_own_words_and_the_rest_is_taken_from_the_default_folder(tmp_path: Path) -> None:
    message = tmp_path / "da" / "talk_convene"
    message.mkdir(parents=True)
    (message / "subject.j2").write_text("Samtale med {{ talent.name }}")
    (message / "html.j2").write_text("<h3>{{ talent.name }}</h3>")
    context = replace(commitment_context(), role="mentor", recipient=HANNE)
    own = render_message("talk_convene", context, folder=tmp_path)
    assert own.subject == "Samtale med Mette Østergaard"
    assert own.text == render_message("talk_convene", context).text
    assert own.html == "<h3>Mette Østergaard</h3>"
    (tmp_path / "da" / "extra").mkdir()
    (tmp_path / "da" / "extra" / "subject.j2").write_text("Mere")
    assert known_messages(folder=tmp_path) == known_messages() | {"extra"}
