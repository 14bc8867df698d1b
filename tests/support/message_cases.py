"""Every message of the programme with everyone it goes to, and what it may say to them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from config.answers import Answerer
from config.content import NO_TOPIC, Topic
from notifications.languages import messages_in
from notifications.view_models import (
    Answer,
    CommitmentView,
    Context,
    DecisionView,
    EventView,
    ModuleView,
    OfficeView,
    Person,
    Talent,
)

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
    soon=date(2027, 2, 8),
)
MESSAGES = messages_in("da")
ANSWER = Answer("https://talentnord.example/svar/abc.d-e_f", "Sig, om mødet er aftalt eller holdt", takes_day=True)
COCKPIT = "https://cockpit.example"
PAGE = "https://talentnord.example/side/abc.d-e_f"
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


def told_of(name: str) -> Topic:
    """What the programme tells under a name."""
    return Topic.model_validate(DEFINITION["content"].get(name, {}))


def a_module(ident: str, number: int, title: str, bootcamp: bool) -> ModuleView:
    first = datetime(2027, 2, 25, 9, tzinfo=COPENHAGEN)
    days = (a_day("d1", first, 7), a_day("d2", first + timedelta(days=1 if bootcamp else 21), 7))
    material = (("Podcast: At lede talent & tvivl", "https://example.org/podcast?a=1&b=2"),)
    presentations = days[-1].end - timedelta(hours=1) if bootcamp else None
    return ModuleView(
        number,
        title,
        bootcamp,
        days,
        "Direktionen i Thisted Kommune",
        presentations=presentations,
        material=material,
        topic=told_of(ident),
    )


MODULES = [
    a_module(entry["module"], entry["number"], entry["title"], entry["shape"] == "bootcamp")
    for entry in DEFINITION["calendar"]
    if "module" in entry
]
EARLIER = {
    "day": [{"mail": "module_preparation", "to": ["talent"]}],
    "network": [{"mail": "network_reminder", "to": ["mentor"]}],
}
"""What version 4 sent too: a cohort that began with it goes on with it."""
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
            others = [one for one in effect["to"] if one != role or one == "group"]
            also = {"also": " ".join(others)} if effect.get("names_others") else {}
            details = {**context.details, **also}
            yield Case(kind, effect[kind], replace(context, role=role, recipient=recipient, details=details), where)


def milestone_cases() -> Iterator[Case]:
    days = [(module, index) for module in MODULES for index in range(len(module.days))]
    own = {entry["number"]: entry.get("notices", []) for entry in DEFINITION["calendar"] if "module" in entry}
    for module, index in days:
        shape = DEFINITION["shapes"]["bootcamp" if module.bootcamp else "ordinary"]
        context = replace(BASE, module=module, event=module.days[index], mentor=HANNE, talent=METTE)
        effects = effects_of(shape["days"][index]) + (EARLIER["day"] if index == 0 else effects_of(own[module.number]))
        for effect in addressed(effects, context, f"m{module.number}d{index + 1}"):
            yield without_talent(effect)
            yield replace(
                without_talent(effect), context=untold(without_talent(effect).context), where=f"{effect.where}-4"
            )
            grouped = replace(effect.context, group=(JENS,))
            yield without_talent(replace(effect, context=grouped, where=effect.where + "-group"))
            if "teams" in shape and index == 0:
                teamed = replace(grouped, team=(JENS, HANNE), team_number=2)
                yield without_talent(replace(effect, context=teamed, where=effect.where + "-team"))
    for entry in DEFINITION["calendar"]:
        if "milestone" in entry:
            event = replace(KICKOFF, id=entry["milestone"], label=entry["label"])
            about = told_of(entry["milestone"])
            context = replace(BASE, event=event, mentor=HANNE, talent=METTE, topic=about)
            yield from addressed(effects_of(entry.get("finds", [])), context, f"{entry['milestone']}-found")
            announced = effects_of(entry.get("notices", [])) + (
                EARLIER["network"] if entry["milestone"] == "network1" else []
            )
            yield from map(without_talent, addressed(announced, context, entry["milestone"]))
            yield from map(without_talent, addressed(announced, untold(context), f"{entry['milestone']}-4"))
            themes = replace(context, topic=about.model_copy(update={"themes": ("Talentmiljøer",)}))
            yield from map(without_talent, addressed(announced, themes, f"{entry['milestone']}-themes"))
            year = replace(context, year=(event, *MODULES[0].days), consultant=JENS)
            yield from map(without_talent, addressed(announced, year, f"{entry['milestone']}-year"))
            yield from day_news_cases(entry, context)


def day_news_cases(entry: dict[str, Any], context: Context) -> Iterator[Case]:
    """A day that is another, part by part, and one that was called off."""
    audience = [*entry.get("audience", ["talent"]), "challenge_owner"]
    was = replace(KICKOFF, id=entry["milestone"], label=entry["label"], place="Hjørring Rådhus")
    for changed in ("date", "date start end place", "start end", "place", "staff", "material"):
        told = replace(context, was=was, details={"changed": changed})
        moved = [{"mail": DEFINITION["on_move"], "to": audience}]
        where = f"{entry['milestone']}-moved-{changed.replace(' ', '-')}"
        yield from map(without_talent, addressed(moved, told, where))
        yield from map(without_talent, addressed(moved, replace(told, away=True), f"{where}-away"))
    gone = replace(context, event=None, was=was, details={"changed": "date"})
    called_off = [{"mail": DEFINITION["on_call_off"], "to": audience}, DEFINITION["find_date"]]
    yield from map(without_talent, addressed(called_off, gone, f"{entry['milestone']}-off"))


def without_talent(case: Case) -> Case:
    """A milestone's notice names a talent to that talent only: a mentor may have two."""
    if case.context.role == "talent":
        return case
    mine = (METTE, replace(METTE, name="Louise Dam", first_name="Louise"))
    close = mine if case.where.endswith("-year") else mine[:1]
    return replace(case, context=replace(case.context, talent=None, mentor=None, mine=close))


def untold(context: Context) -> Context:
    """What a cohort knows that was enrolled before there was anything to tell of events, modules and commitments."""
    module = replace(context.module, topic=NO_TOPIC) if context.module else None
    return replace(context, topic=NO_TOPIC, module=module)


def journey_cases() -> Iterator[Case]:
    context = replace(BASE, talent=METTE, mentor=HANNE, group=(JENS,), details={"note": "Ferie"})
    for name, event in DEFINITION["events"].items():
        yield from addressed(effects_of(event), replace(context, next_event=None, event=KICKOFF), name)
        if {"milestone", "absence"} & set(event.get("needs", [])):
            yield from others_cases(name, event)
        day = replace(MODULES[1].days[0], module=MODULES[1])
        yield from addressed(effects_of(event), replace(context, next_event=day, event=day), f"{name}-m2d1")


def others_cases(name: str, event: dict[str, Any]) -> Iterator[Case]:
    """Who comes, or not, and is no talent: a leader, and a consultant of no organisation that is known."""
    office = [{**effect, "to": ["administration"]} for effect in effects_of(event)]
    for who, role in ((HANNE, "mentor"), (replace(JENS, organisation=None), "consultant")):
        said = replace(BASE, attendee=who, event=KICKOFF, details={"role": role})
        yield from addressed(office, said, f"{name}-{role}")


def commitment_cases() -> Iterator[Case]:
    talents_own = replace(BASE, talent=METTE, mentor=HANNE, group=(JENS,), group_number=2)
    for entry in DEFINITION["commitments"]:
        label, choices = entry["label"].format(number=1), entry.get("choices", {})
        promise = CommitmentView(label, date(2027, 3, 4), date(2027, 3, 5), choices, id=entry["id"])
        base = BASE if entry.get("subject") == "cohort" else talents_own
        context = replace(base, commitment=promise, topic=told_of(entry["id"]))
        variants = {"plain": context, "helped": replace(context, consultant=JENS, second_mentor=JENS)}
        days = replace(promise, given_until=date(2027, 3, 12), asked_on=date(2027, 2, 9), no_by=date(2027, 2, 8))
        variants["days"] = replace(context, commitment=days, partner=JENS)
        if {one.get("mail") for one in effects_of(entry)} & {*DEFINITION["plan"]["goes_with"]}:
            variants["plan"] = replace(context, plan=DEFINITION["plan"]["title"])
        if entry.get("pairs"):
            guide = {"links": {"Spørgeguide fra LEAD": "https://example.org/guide"}}
            paired = replace(context, partner=JENS)
            guided = replace(paired, topic=context.topic.model_copy(update=guide))
            mutual, ring = (replace(paired, visitors=(one,)) for one in (JENS, HANNE))
            settled = replace(promise, settled=True)
            done = {f"done-{len(some)}": replace(mutual, commitment=settled, visitors=some) for some in ((), (HANNE,))}
            variants = {"alone": context, "paired": paired, "guided": guided, "mutual": mutual, "ring": ring, **done}
        if entry.get("each"):
            modules = CHALLENGES if entry.get("only_challenges") else MODULES
            variants = {
                f"m{module.number}": replace(context, module=module, topic=told_of(f"{entry['id']}_m{module.number}"))
                for module in modules
            }
            variants["today"] = replace(context, module=modules[0], today=promise.due)
        without_a_day = {key: part for key, part in entry.items() if key != "on_appoint"}
        last = replace(context, today=date(2027, 3, 1), module=MODULES[0], partner=JENS)
        for where, variant in (variants | {"4": untold(last), "last": last}).items():
            yield from addressed(effects_of(without_a_day), variant, where)
            if entry.get("on_appoint"):
                yield from agreed_cases(entry, variant, promise, where)


def agreed_cases(entry: dict[str, Any], context: Context, promise: CommitmentView, where: str) -> Iterator[Case]:
    """A day is agreed on, within the deadline or after it; and then no time is found."""
    for name, day, time in (("agreed", date(2027, 3, 3), "14:30"), ("agreed-late", date(2027, 3, 9), "")):
        agreed = replace(promise, appointed_on=day, appointed_at=time)
        effects = effects_of({key: entry[key] for key in ("on_appoint", "reminders")})
        yield from addressed(effects, replace(context, commitment=agreed), f"{where}-{name}")
    voided = replace(context, details={"voided": "2027-03-03", "note": "Ferie"})
    yield from addressed(effects_of(entry["on_stall"]), voided, f"{where}-voided")


def correction_cases() -> Iterator[Case]:
    """What was told by mistake, and how it stands: promises, leaves, absences."""
    told = {"told": "Dit mentormøde i modul 1 er registreret", "told_on": "2027-03-02"}
    about = replace(BASE, talent=METTE, mentor=HANNE, group=(JENS,), partner=JENS)
    promise = CommitmentView("Mentormøde i modul 1", date(2027, 3, 4))
    correction = [{"mail": DEFINITION["on_correct"], "to": ["talent", "mentor", "consultant", "group"]}]
    for stands in ("open", "missed", "escalated.1", "planned", "kept"):
        for given in ({}, told):
            context = replace(about, commitment=promise, details={**given, "stands": stands, "of": "keep"})
            yield from addressed(correction, context, f"corrected-{stands}-{len(given)}")
    paired = replace(about, commitment=promise, details={**told, "stands": "open", "of": "pair"})
    yield from addressed(correction, paired, "corrected-partner")
    yield from addressed(correction, replace(paired, visitors=(HANNE,)), "corrected-ring")
    cohorts = replace(BASE, commitment=promise, details={**told, "stands": "open", "of": "keep"})
    yield from addressed([{"mail": DEFINITION["on_correct"], "to": ["administration"]}], cohorts, "corrected-cohort")
    for stands in ("active.m1.sprint", "on_leave", "taken_back"):
        yield from addressed(correction, replace(about, details={**told, "stands": stands}), f"corrected-{stands}")
    absent = replace(about, event=KICKOFF, details={**told, "stands": "active.m1.sprint"})
    yield from addressed(correction, absent, "corrected-absence")
    away = replace(absent, details={**absent.details, "away": "yes"})
    yield from addressed(correction, away, "corrected-no-absence")
    office = [{"mail": DEFINITION["on_correct"], "to": ["administration"]}]
    for stays_away in ("", "yes"):
        said = {**told, "stands": "", "away": stays_away, "role": "mentor"}
        leaders = replace(BASE, attendee=HANNE, event=KICKOFF, details=said)
        yield from addressed(office, leaders, f"corrected-leader-{stays_away or 'no'}")


def group_cases() -> Iterator[Case]:
    """Who is in a learning group: it has just been formed, or somebody joins it."""
    for others in ((JENS,), (JENS, HANNE)):
        context = replace(BASE, talent=METTE, mentor=HANNE, group=others, group_number=2)
        mail = [{"mail": DEFINITION["groups"]["on_change"], "to": ["talent"]}]
        yield from addressed(mail, context, f"group-{len(others)}")
    alone = replace(BASE, talent=METTE, mentor=HANNE, group=(), group_number=2)
    yield from addressed(mail, alone, "group-alone")


def team_cases() -> Iterator[Case]:
    """Somebody is in another team of a bootcamp, after the reminder has named the teams; and that was a mistake."""
    mail = [{"mail": DEFINITION["shapes"]["bootcamp"]["teams"]["on_change"], "to": ["talent"]}]
    day = CHALLENGES[0].days[0]
    about = replace(BASE, talent=METTE, mentor=HANNE, module=CHALLENGES[0], event=replace(day, module=CHALLENGES[0]))
    told = {"told": "Dit team på bootcampen i modul 2 er ændret", "told_on": "2027-02-24", "of": "team", "stands": ""}
    correction = [{"mail": DEFINITION["on_correct"], "to": ["talent"]}]
    for others in ((), (JENS,), (JENS, HANNE)):
        context = replace(about, team=others, team_number=2)
        yield from addressed(mail, context, f"team-{len(others)}")
        yield from addressed(correction, replace(context, details=told), f"corrected-team-{len(others)}")
    yield from addressed(correction, replace(about, details=told), "corrected-team-none")


def hand_over_cases() -> Iterator[Case]:
    """An office that has another holder, or a stand-in, for both whom that concerns."""
    first, last = date(2027, 3, 1), date(2027, 3, 19)
    days = {"for-good": (None, None), "some-days": (last, None), "shorter": (last, date(2027, 3, 31))}
    for where, (to, was) in (days | {"after-all-not": (date(2027, 2, 28), last)}).items():
        for organisation in (None, "Hjørring Kommune"):
            for takes in (True, False):
                office = OfficeView(organisation, JENS, takes, first, to, was)
                said = replace(BASE, role="holder", recipient=HANNE, office=office)
                yield Case("mail", DEFINITION["on_office"], said, f"{where}-{organisation}-{takes}")


def office_cases() -> Iterator[Case]:
    """What the system itself asks a coordinator to do: no programme names it."""
    coordinator = replace(BASE, role="coordinator", recipient=KIRSTEN)
    failing = replace(coordinator, details={"failed": "3", "mails": "20"})
    yield Case("task", "mails_failing", failing, "office")
    blocked = replace(coordinator, details={"why": "535 Authentication failed"})
    yield Case("task", "mails_blocked", blocked, "office")
    for telephone in ("", "98 76 54 32"):
        who = {"who": HANNE.name, "address": HANNE.email, "telephone": telephone, "why": "550 5.1.1 unknown mailbox"}
        yield Case("task", "address_bounced", replace(coordinator, details=who), f"office-{telephone}")


def new_link_cases() -> Iterator[Case]:
    """A new link that somebody has asked for: to their own page, or to what they are asked; no programme names it."""
    page = replace(BASE, page_url=PAGE)
    yield Case("mail", "new_link", page, "page")
    asked = replace(
        BASE, role="consultant", recipient=JENS, details={"matter": "Mentormøde i modul 2", "about": METTE.name}
    )
    yield Case("mail", "new_link", asked, "settled")
    yield Case("mail", "new_link", replace(asked, details={}), "nothing")


def morning_cases() -> Iterator[Case]:
    """What waits for a coordinator in the morning, and what one writes; no programme names either."""
    task = DecisionView("Mentormøde i modul 1 mangler: Louise Dam", date(2027, 1, 26), date(2027, 1, 28))
    decisions = (
        task,
        DecisionView("Find en ny dag til modul 2, dag 1", date(2027, 1, 28)),
        DecisionView("Politikere til modul 5, dag 1", date(2027, 1, 29), date(2027, 2, 3)),
        DecisionView(HANNE.name, date(2027, 1, 29), mails=1, about="Mentormødet med Louise i modul 1 mangler"),
        DecisionView(HANNE.name, date(2027, 2, 1), mails=4),
    )
    asked = replace(BASE, role="coordinator", recipient=KIRSTEN, decisions=decisions)
    yield Case("mail", "morning", asked, "several")
    yield Case("mail", "morning", replace(asked, decisions=(task,)), "one")
    words = {
        "subject": "Husk gode sko",
        "text": "Vi går en tur efter frokost.\n\n- tag gode sko på\n- tag en jakke med",
    }
    yield Case("mail", "own_message", replace(BASE, details=words), "words")
    linked = tuple(replace(one, url=f"{COCKPIT}/side/{number}") for number, one in enumerate(decisions))
    yield Case("mail", "morning", replace(asked, decisions=linked, overview_url=f"{COCKPIT}/side/hold-3"), "linked")


def asks_for_an_answer(case: Case) -> bool:
    """Whether a mail says how to answer what its recipient may answer by a click."""
    if case.kind == "task" or case.context.role not in get_args(Answerer):
        return False
    return "answer" in (MESSAGES / case.message / "text.j2").read_text("utf-8")


def with_button(case: Case) -> Case:
    """A mail as it is where there is a site to answer on."""
    return replace(case, context=replace(case.context, answer=ANSWER, page_url=PAGE), where=f"{case.where}-button")


CASES = [
    *milestone_cases(),
    *journey_cases(),
    *commitment_cases(),
    *correction_cases(),
    *group_cases(),
    *team_cases(),
    *hand_over_cases(),
    *office_cases(),
    *new_link_cases(),
    *morning_cases(),
]
WITH_BUTTON = [with_button(case) for case in CASES if asks_for_an_answer(case)]
MAILS = [*(case for case in CASES if case.kind == "mail"), *WITH_BUTTON]
TASKS = [case for case in CASES if case.kind == "task"]


def plain(markup: str) -> str:
    """The words of HTML, with one space between any two."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def assert_reads_well(text: str) -> None:
    assert text == text.strip()
    assert not re.search(r"None|\{\{|\}\}|\{%|  |\n\n\n| \n| [,.;]", text)
    assert not ENGLISH.search(text)
