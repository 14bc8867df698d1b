"""What a rule asks people to be told is told: the words, in the mail or task of that rule, to that role."""

from __future__ import annotations

import pytest

from config.library import Library
from notifications.render import render_message, render_task
from tests.support.message_cases import CASES

SAID = [
    ("R2", "second_mentor_found", "talent", "plain", ["er stadig din mentor gennem hele forløbet"]),
    ("R4", "talk_convene", "mentor", "helped", ["er intern konsulent hos jer og hjælper gerne"]),
    ("R5", "module_day_reminder", "talent", "m4d2", ["Oplæg ved: Kristian Dahl og Ole Bech"]),
    ("R5", "module_invitation", "talent", "m2d1",
     ["Oplæg, dag 1: Kristian Dahl og Ole Bech", "Oplæg, dag 2: Kristian Dahl og Ole Bech"]),
    ("R8", "talk_convene", "mentor", "plain", ["forventningssamtale på cirka en time", "det er dig, der indkalder"]),
    ("R9", "talk_convene", "mentor", "plain",
     ["I afstemmer forventninger", "træningsopgaver i hverdagen", "ind i sin personlige udviklingsplan"]),
    ("R10", "talk_expect", "talent", "plain",
     ["egen praksis og opbygning af et talentmiljø på eget område",
      "udvikling af egne teams og bidrag til de teams, man selv er medlem af",
      "vigtige ledelsesopgaver fra et højere niveau på eget område",
      "større opgaver, opgaveporteføljer eller bredere strategiske udfordringer"]),
    ("R10", "talk_convene", "mentor", "plain",
     ["egen praksis og opbygning af et talentmiljø", "udvikling af egne teams", "bredere strategiske udfordringer"]),
    ("R9", "talk_expect", "talent", "plan", ["Planen er vedhæftet som et Word-dokument"]),
    ("R11", "talk_expect", "talent", "plain", ["dit kompas gennem forløbet"]),
    ("R16", "module_invitation", "talent", "m3d1",
     ["AL-sprintet, hvor du prøver handlingerne fra din udviklingsplan af i din egen organisation"]),
    ("R17", "meeting_plan", "talent", "m4",
     ["på individ-, team- og organisationsniveau", "senest torsdag den 4. marts 2027",
      "Det er dig, der har initiativet", "udviklingsplan igennem", "justér den"]),
    ("R17", "module_for_leader", "mentor", "m4d1", ["senest en uge efter dag 1", "drøfter, reviderer og justerer"]),
    ("R18", "module_invitation", "talent", "m3d1-group",
     ["tal med Hanne om din udvikling og dine fokusområder"]),
    ("R18", "module_preparation", "talent", "m3d1-group", ["tal med Hanne om din udvikling og dine fokusområder"]),
    ("R19", "module_invitation", "talent", "m2d1",
     ["Gå dette igennem inden da", "https://example.org/podcast?a=1&b=2"]),
    ("R19", "module_preparation", "talent", "m2d1",
     ["Gå dette igennem inden da", "https://example.org/podcast?a=1&b=2"]),
    ("R20", "module_day_reminder", "talent", "m3d1",
     ["oplæg med den nyeste viden", "hvordan du selv udvikler dig som talent",
      "hvordan du udvikler talenter og opbygger et talentmiljø på dit eget område"]),
    ("R20", "module_day_reminder", "talent", "m3d2",
     ["dit personlige lederskab", "deler erfaringer fra AL-sprintet, samler læringen op og planlægger nye handlinger"]),
    ("R50", "challenge_secure", "coordinator", "m2",
     ["mellem de små forbedringer i hverdagen og den mere radikale innovation"]),
    ("R22", "challenge_secure", "coordinator", "m5", ["må ikke kunne løses af den offentlige organisation alene"]),
    ("R23", "module_invitation", "talent", "m2d1", ["Ekspertoplæggene undervejs er frivillige", "blandede teams"]),
    ("R23", "module_invitation", "talent", "m5d1",
     ["aftenen på dag 1 fortæller politikere", "paneldebat", "borgere, politikere, samarbejdspartnere"]),
    ("R52", "politicians_invite", "coordinator", "m5d2", ["fortæller en eller flere politikere", "paneldebat"]),
    ("R24", "module_invitation", "talent", "m2d1",
     ["præsenterer hvert team sit løsningsforslag", "chef- eller direktørniveau og får feedback"]),
    ("R24", "challenge_owner_briefing", "challenge_owner", "m2d2",
     ["ledertalentprogrammet Talent Nord", "kl. 15.00–16.00", "Kom gerne kl. 14.45",
      "Som repræsentant for direktionen", "giver hvert team feedback", "bede talenterne om at hjælpe videre"]),
    ("R25", "foundation_write", "talent", "plain", ["personlige ledelsesgrundlag", "din ledetråd gennem"]),
    ("R26", "politics_discuss", "talent", "plain",
     ["samspillet med det politiske niveau med din mentor", "Hvordan oplever du samspillet", "Hvad er nemt?",
      "Hvad er udfordrende?", "under markant mediebevågenhed?"]),
    ("R28", "module_invitation", "talent", "m3d1-group", ["Mød gerne din læringsgruppe", "over telefonen"]),
    ("R29", "module_day_reminder", "talent", "m3d1-group", ["får din læringsgruppe og administrationen besked"]),
    ("R30", "shadow_plan", "talent", "paired",
     ["en halv eller en hel dag", "deltager i et møde i den leder- eller medarbejdergruppe, Jens er leder for",
      "strukturer og processer", "når borgeren skal i centrum", "ledelsespraksis, med styrker og mulige faldgruber"]),
    ("R31", "portrait_plan", "talent", "paired",
     ["Brug spørgeguiden", "den nærmeste leder", "sideordnede kolleger", "udvalgte medarbejdere eller ledere",
      "oversætte og skabe mening", "en kort evaluering"]),
    ("R53", "portrait_plan", "talent", "guided",
     ["Brug spørgeguiden:", "Spørgeguide fra LEAD:\nhttps://example.org/guide"]),
    ("R33", "choice_open", "talent", "plain",
     ["Fra modul 3 til modul 6", "supplerende mentor fra din egen eller en anden organisation",
      "ledelsespraktik i din egen eller en anden organisation"]),
    ("R35", "choice_open", "talent", "plain", ["er din mentor hele vejen, uanset hvad du vælger"]),
    ("R36", "choice_open", "talent", "plain",
     ["noterer vi valget »ingen af delene«", "ændre dit valg frem til modul 6"]),
    ("R37", "alumni_invitation", "talent", "alumni_day",
     ["fastholder og udvikler netværket", "læring som ledere", "et aktuelt"]),
    ("R38", "alumni_owner_invitation", "challenge_owner", "alumni_day", ["En kort status er nok"]),
    ("R40", "network_invitation", "mentor", "network1",
     ["støtte talenter", "opbygge talentmiljøer", "indblik i det, talenterne arbejder med på modulerne"]),
    ("R56", "network_invitation", "mentor", "network1-themes", ["Mødets tema er: Talentmiljøer."]),
    ("R60", "second_mentor_found", "second_mentor", "helped",
     ["har sagt ja til at være supplerende mentor", "giver sparring på de ledelsesopgaver", "Jens Lykke"]),
    ("R49", "mentor_changed", "mentor", "change_mentor",
     ["løbende sparring, følger op og stiller ledelsesopgaver fra et højere niveau til rådighed"]),
    ("R55", "module_invitation", "talent", "m1d1", ["Leadership Pipeline", "det personlige ledelsesgrundlag"]),
    ("R55", "module_invitation", "talent", "m2d1", ["Innovation Pipeline", "hvad borgere og samarbejdspartnere ser"]),
    ("R55", "module_invitation", "talent", "m3d1", ["kerneopgaven i tre dimensioner", "PDSA-cirklen"]),
    ("R54", "module_invitation", "talent", "m3d1", ["det, du lærte af skyggepraktikken"]),
    ("R54", "module_day_reminder", "talent", "m3d1", ["det, du lærte af skyggepraktikken"]),
    ("R55", "module_invitation", "talent", "m4d1", ["fire generationer", "visionsledelse"]),
    ("R54", "module_invitation", "talent", "m4d1", ["makker lavet et lederportræt af dig, så tag også det med"]),
    ("R55", "module_invitation", "talent", "m5d1",
     ["Den Nye Syntese", "kan ikke løses af den offentlige organisation alene",
      "rollerne som embedsmand og politiker"]),
    ("R55", "module_invitation", "talent", "m6d1", ["DAC", "grænsekrydsende ledelse", "sætte det rette hold"]),
    ("R55", "module_for_leader", "mentor", "m3d1",
     ["kerneopgaven i tre dimensioner", "talentets kolleger og medarbejdere til et 360-graders lederportræt"]),
    ("R57", "kickoff_invitation", "talent", "kickoff-year",
     ["Velkommen", "alle årets dage", "Hvad er talent?", "hvem der er hvem", "koordinerer Talent Nord"]),
    ("R57", "kickoff_invitation", "mentor", "kickoff-year", ["Som nærmeste leder for Mette Østergaard og Louise Dam"]),
    ("R57", "journey_thanks", "talent", "m6d2", ["Tak for dit arbejde", "alumnedagen"]),
    ("R57", "journey_thanks", "mentor", "m6d2", ["slutter også din opgave som mentor", "alumnedag"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "role", "where", "words"),
    [case[1:] for case in SAID],
    ids=[f"{rule}-{message}-{where}" for rule, message, _, where, _ in SAID],
)
def test_what_a_rule_asks_to_be_told_is_told(message: str, role: str, where: str, words: list[str]) -> None:
    [case] = [one for one in CASES if (one.message, one.context.role, one.where) == (message, role, where)]
    text = (
        render_message(message, case.context).text if case.kind == "mail" else render_task(message, case.context).text
    )
    assert [phrase for phrase in words if phrase not in text] == []


def test_each_day_has_its_own_team() -> None:
    """R5: modules 2 and 4 have different teams on their two days."""
    dates = Library().cohort("hold-3").cohort.dates
    for module in ("m2", "m4"):
        first, second = (set(dates[f"{module}d{day}"].staff) for day in (1, 2))
        assert first
        assert second
        assert first != second
