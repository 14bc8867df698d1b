"""Pages of the site as they look in the middle of a year: each kind once, with made-up people and no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from notifications.links import Links
from notifications.site_pages import render_page
from notifications.site_words import problem_words
from states.views.matter import Matter, Option, Said
from states.views.own_page import (
    Ask,
    AsLeader,
    AsTalent,
    LedTalent,
    OwnDate,
    OwnPage,
    OwnTeam,
    Partner,
    Promise,
    Someone,
)
from states.views.plan import Revision
from states.views.recorded import CLOCK, OTHERS, Recorded, SentMail

TODAY = date(2027, 3, 16)
ZONE = ZoneInfo("Europe/Copenhagen")
LINKS = Links(["a key of the samples"], "http://127.0.0.1")
LOUISE = Someone("Louise Skjærbæk", "louise.skjaerbaek@aalborg.example.org", "+45 98 76 54 32")
TORBEN = Someone("Torben Hedegård", "torben.hedegaard@aalborg.example.org", "+45 98 76 54 33", "Jobcenterchef")
METTE = Someone("Mette Brøndgaard", "mette.broendgaard@aalborg.example.org", "+45 22 33 44 55")
RASMUS = Someone("Rasmus Krogsgård", "rasmus.krogsgaard@aalborg.example.org")
KAREN = Someone("Karen Møller Thorsen", "karen.moeller.thorsen@region.example.org", "+45 97 64 80 00")
CHOICES = {"second_mentor": "supplerende mentor", "internship": "ledelsespraktik", "none": "ingen af delene"}
SHARED = {"programme": "Talent Nord", "coordinator": KAREN, "home": "/side/eksempel", "today": TODAY}


def at(day: str, clock: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZONE)


TORBENS = Said("aftalt", TORBEN.name, "mentor", at("2027-03-12", "14:05"), date(2027, 3, 17), "10:30")
MEETING = Matter(
    "hold-3-05/mentor_meeting_m1",
    "Mentormøde i modul 1",
    "talent",
    LOUISE.name,
    "i gang",
    date(2027, 3, 18),
    False,
    2,
    (
        Option("held", "Mødet er holdt", "", ("held_on", "plan")),
        Option("agreed", "Vi har aftalt en dag", "Så minder vi jer om den i stedet for fristen.", ("appointed_on",)),
        Option("stuck", "Vi kan ikke finde en tid", "Så hjælper koordinatoren jer.", ()),
    ),
    (TORBENS,),
    appointed_on=date(2027, 3, 17),
    appointed_at="10:30",
    plan_answers={"written": "skrevet", "revised": "revideret", "no": "ikke ændret"},
)
FOUNDATION = replace(
    MEETING,
    subject="hold-3-05/leadership_foundation",
    label="Personligt ledelsesgrundlag",
    state="overskredet",
    due=date(2027, 3, 11),
    late=True,
    options=(Option("held", "Ledelsesgrundlaget er skrevet", "", ("held_on",)),),
    said=(),
    appointed_on=None,
)
CHOICE = replace(
    FOUNDATION,
    subject="hold-3-05/second_half_choice",
    label="Valg for anden halvdel",
    state="gennemført",
    late=False,
    options=(Option("choose", "Gem mit valg", "", ("choice",)),),
    choices=CHOICES,
    choice="internship",
    said=(Said("gennemført: ledelsespraktik", LOUISE.name, "talent", at("2027-03-15", "20:10"), None, ""),),
)
FOUND = replace(
    FOUNDATION,
    subject="hold-3-05/second_mentor",
    label="Supplerende mentor",
    state="i gang",
    late=False,
    options=(Option("found", "Jeg har fundet en supplerende mentor", "", ("person",)),),
)
TALK = replace(MEETING, label="Forventningssamtale", state="gennemført", options=(), due=date(2027, 2, 17))
COMING = replace(
    FOUNDATION,
    subject="hold-3-05@m2d1",
    label="Modul 2, dag 1",
    state="du regnes med",
    due=None,
    late=False,
    options=(Option("come", "Jeg kommer", "", ()), Option("decline", "Jeg kan ikke komme", "", ())),
)


def ask(matter: Matter, who: Someone = LOUISE) -> Ask:
    return Ask(f"hold-3/{who.name.split()[0]}", who.email, "Hold 3", matter, matter.subject.partition("@")[2])


def event(ident: str, label: str, day: str, about: str = "", over: bool = False, asked: Ask | None = None) -> OwnDate:
    place, staff = "Musikkens Hus, Aalborg", ("Grethe Hals",)
    return OwnDate(ident, label, about, at(day), at(day, "16:00"), place, staff, over, asked)


KICKOFF = event("kickoff", "Fælles kick-off", "2027-02-25", over=True)
ALUMNI = OwnDate("alumni_day", "Alumnedag", "", None, None, "", (), False)
AS_TALENT = AsTalent(
    journey="hold-3-05",
    person="hold-3/Louise",
    cohort="Hold 3",
    cohort_id="hold-3",
    organisation="Aalborg Kommune",
    unit="Jobcenter, Unge",
    level="leder af medarbejdere",
    where="Modul 1 · AL-sprint",
    next_event=event("m1d2", "Modul 1, dag 2", "2027-04-01", "Talentledelse"),
    dates=(
        KICKOFF,
        event("m1d2", "Modul 1, dag 2", "2027-04-01", "Talentledelse"),
        event("m2d1", "Modul 2, dag 1", "2027-05-11", "Innovationsledelse", asked=ask(COMING)),
        ALUMNI,
    ),
    answered=(ask(TALK), ask(CHOICE)),
    ahead=(Promise("Skyggepraktik", "planlagt", date(2027, 6, 14), False, LOUISE.name),),
    group_number=1,
    group=(METTE, RASMUS),
    teams=(
        OwnTeam("Modul 2: Innovationsledelse", 2, ((METTE.name, "Aalborg Kommune"), (RASMUS.name, "Hjørring Kommune"))),
    ),
    partners=(Partner("Skyggepraktik", METTE),),
    mentor=TORBEN,
    second_mentor=None,
    has_plan=True,
    plan=Revision("skrevet", date(2027, 2, 10), TORBEN.name, "mentor"),
    recorded=(
        Recorded(at("2027-03-15"), "Skyggepraktik: ny makker", "", OTHERS, "i gang"),
        Recorded(at("2027-03-12"), "Mentormøde i modul 1: aftalt", TORBEN.name, "mentor", day=date(2027, 3, 17)),
        Recorded(at("2027-03-11"), "Modul 1, dag 1", "", CLOCK, "Modul 1 · AL-sprint"),
        Recorded(
            at("2027-03-02"),
            "Afbud",
            "",
            "coordinator",
            more="Modul 1, dag 1",
            note="Ringede i morges.",
            corrected=True,
        ),
        Recorded(at("2027-02-10"), "Forventningssamtale: gennemført", TORBEN.name, "mentor", plan="skrevet"),
    ),
)
AS_LEADER = AsLeader(
    person="hold-3/Torben",
    cohort="Hold 3",
    cohort_id="hold-3",
    next_event=event("network1", "Strategisk netværk for mentorer: første møde", "2027-04-20"),
    talents=(
        LedTalent(
            "hold-3-05",
            LOUISE,
            "Modul 1 · AL-sprint",
            "Modul 1, dag 2",
            date(2027, 4, 1),
            (Promise("Personligt ledelsesgrundlag", "overskredet", date(2027, 3, 11), True, LOUISE.name),),
            Revision("skrevet", date(2027, 2, 10), TORBEN.name, "mentor"),
        ),
        LedTalent("hold-3-06", RASMUS, "Orlov", "", None, (), None),
    ),
    has_plans=True,
    dates=(KICKOFF, event("network1", "Strategisk netværk for mentorer: første møde", "2027-04-20")),
    answered=(ask(replace(TALK, role="mentor"), TORBEN),),
    recorded=(Recorded(at("2027-02-10"), "Forventningssamtale: gennemført", TORBEN.name, "mentor", about=LOUISE.name),),
)
MAILS = (SentMail(at("2027-03-11"), "Aftal dit mentormøde i modul 1", "sent"),)
OF_TALENT = OwnPage(
    LOUISE, KAREN, "Talent Nord", TODAY, (ask(FOUNDATION), ask(MEETING), ask(FOUND)), (AS_TALENT,), (), MAILS
)
OF_LEADER = OwnPage(
    TORBEN, KAREN, "Talent Nord", TODAY, (ask(replace(MEETING, role="mentor"), TORBEN),), (), (AS_LEADER,), MAILS
)
LATER = replace(AS_LEADER, cohort="Hold 4", cohort_id="hold-4", person="hold-4/Louise")
OF_BOTH = replace(OF_TALENT, leader=(AS_LEADER, LATER))


def answer(matter: Matter, **more: Any) -> str:
    """The page of a matter, as it is asked or with what was wrong."""
    asked = {"recipient": LOUISE.name, "matter": matter, "option": "", "errors": {}, "typed": {}, "overtaken": False}
    return render_page("answer", {**SHARED, **asked, **more})


def pages() -> Mapping[str, str]:
    """Every page of the site by a name, as HTML."""
    from flows.site.pages import own_page

    wrong = {"option": "held", "errors": {"held_on": "Datoen er ikke kommet endnu."}, "typed": {"held_on": ""}}
    nobody = {"option": "found", "errors": {"person_email": "Det er ikke en mailadresse."}}
    named = {"typed": {"person_name": "Grethe Hals", "person_email": "grethe"}}
    told = {**SHARED, "recipient": LOUISE.name, "again": "/svar/eksempel"}
    problem = {f"problem-{status}": {"status": status, **problem_words(status)} for status in (403, 404, 429, 500, 503)}
    return {
        "talent": own_page(OF_TALENT, LINKS),
        "leader": own_page(OF_LEADER, LINKS),
        "both": own_page(OF_BOTH, LINKS),
        "nothing-to-do": own_page(replace(OF_TALENT, asks=()), LINKS),
        "answer": answer(MEETING),
        "answer-overtaken": answer(MEETING, overtaken=True),
        "answer-wrong": answer(MEETING, **wrong),
        "choice": answer(CHOICE),
        "choice-wrong": answer(CHOICE, option="choose", errors={"choice": "Vælg en af mulighederne."}),
        "person-wrong": answer(FOUND, **nobody, **named),
        "coming": answer(COMING),
        "thanks": render_page("thanks", {**told, "matter": replace(MEETING, state="gennemført")}),
        "over": render_page("over", {**told, "matter": TALK}),
        "new-link": render_page("new_link", {}),
        "new-link-sent": render_page("new_link_sent", {}),
        "statement": render_page("accessibility", {"publisher": "Talent Nord", "address": "", "contact": KAREN.email}),
        **{name: render_page("problem", values) for name, values in problem.items()},
    }
