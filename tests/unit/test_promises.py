"""What mails promise is kept: each sentence that promises something names the mail, the task or the test that does it.

A promise is a sentence with one of the words of ``PROMISING``; a new one without a keeper is named here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.checks.places import effects
from config.library import Library
from notifications.languages import messages_in

ROOT = Path(__file__).parents[2]
PROGRAMME = Library().programme("talent-nord").definition.programme
TEXTS = {path.parent.name: path.read_text("utf-8") for path in messages_in("da").glob("*/text.j2")}
PROMISING = re.compile(
    r"hører (du |I |vi )?(fra|ikke fra)|[DI]u? hører (det|fra)|du først|får (du |I |også )?besked|bliver mindet"
    r"|\bringer |hjælper|finder vi|kontakter jer|spørger vi|noterer vi|får du en ny|flytter med|venter så længe"
    r"|kommer, når|bliver sendt|slutter forløbet af sig selv|ingen påmindelser|eller påmindelser|ikke indhente"
)
REPLY = "tests/integration/test_outbox_rules.py::test_answers_go_to_the_coordinator_or_where_the_settings_say"
CHOICE = "tests/integration/test_engine_choice.py"
LEAVE = "tests/integration/test_engine_leave.py"
DATES = "tests/integration/test_engine_dates.py"

# The message, some words of the sentence, and what keeps it: "mail:" or "task:" with its name, or a test.
KEPT = [
    ("talk_reminder", "så hjælper {{ coordinator.name }} jer", "task:time_find"),
    ("talk_reminder", "intern konsulent hos jer, hjælper gerne", "mail:kickoff_invitation"),
    ("talk_convene", "hjælper gerne med at få den i kalenderen", "mail:kickoff_invitation"),
    ("kickoff_invitation", "hjælper med at få forventningssamtalen", "mail:talk_convene"),
    ("kickoff_invitation", "hører du fra os", "mail:meeting_escalated"),
    ("talk_late", "har fået besked og hjælper", "mail:talk_escalated"),
    ("meeting_missed", "ringer vi til dig", "task:meeting_overdue"),
    ("time_not_found", "kontakter jer og hjælper", "task:time_find"),
    ("time_not_found", "inden I hører fra os", "task:time_find"),
    ("deadline_agreed", "du bliver mindet om den som ellers",
     "tests/integration/test_engine_extend.py::test_the_ladder_begins_anew_from_the_day_that_was_agreed"),
    ("date_called_off", "Du får besked, så snart den er der", "task:date_find"),
    ("date_called_off", "venter så længe", f"{DATES}::TestCalledOff"),
    ("date_moved", "flytter med, og du får besked om dem som ellers", f"{DATES}::TestWhoIsTold"),
    ("journey_thanks", "Invitationen kommer, når datoen er fundet", "mail:alumni_invitation"),
    ("journey_thanks", "invitationen kommer, når det nærmer sig", "mail:alumni_invitation"),
    ("withdrawn", "og vi skriver, hvem det er", "mail:partner_changed"),
    ("transferred", "og vi skriver, hvem det er", "mail:partner_changed"),
    ("leave_started", "og vi skriver, hvem det er", "mail:partner_changed"),
    ("leave_started", "Du hører fra os, når forløbet går i gang igen", "mail:leave_ended"),
    ("leave_started", "Du hører fra os, når {{ talent.first_name }} er tilbage", "mail:leave_ended"),
    ("leave_started", "I hører fra os, når {{ talent.first_name }} er tilbage", "mail:leave_ended"),
    ("leave_started", "Så finder vi sammen", "task:leave_return"),
    ("leave_decide", "slutter forløbet af sig selv", "mail:leave_over"),
    ("leave_over", "så finder vi ud af det sammen", REPLY),
    ("leave_started", "Du får ingen påmindelser", f"{LEAVE}::test_on_leave_nobody_is_reminded_moved_or_invited"),
    ("leave_started", "skal du ikke indhente", f"{LEAVE}::test_return_takes_up_what_can_still_be_kept"),
    ("leave_started", "hverken frister eller påmindelser",
     f"{LEAVE}::test_on_leave_nobody_is_reminded_moved_or_invited"),
    ("leave_ended", "fra nu af får du besked", f"{LEAVE}::test_who_returns_is_told_of_what_was_announced_meanwhile"),
    ("leave_ended", "skal du ikke indhente", f"{LEAVE}::test_return_takes_up_what_can_still_be_kept"),
    ("leave_ended", "skal ikke indhentes", f"{LEAVE}::test_return_takes_up_what_can_still_be_kept"),
    ("choice_open", "spørger vi", "mail:second_mentor_ask_group"),
    ("choice_open", "Du hører det først", "mail:second_mentor_search"),
    ("choice_open", "noterer vi valget", f"{CHOICE}::test_silence_is_nudged_and_then_counts_as_none"),
    ("choice_reminder", "noterer vi valget", f"{CHOICE}::test_silence_is_nudged_and_then_counts_as_none"),
    ("second_mentor_search", "spørger vi {% if group %}din læringsgruppe", "mail:second_mentor_ask_group"),
    ("second_mentor_search", "det hører du først", "mail:second_mentor_ask_soon"),
    ("second_mentor_search", "så spørger vi ingen", f"{CHOICE}::test_a_talent_who_wants_nobody_asked_is_left_alone"),
    ("second_mentor_ask_soon", "spørger vi resten af holdet", "mail:second_mentor_ask_cohort"),
    ("second_mentor_ask_soon", "så spørger vi ikke", f"{CHOICE}::test_a_talent_who_wants_nobody_asked_is_left_alone"),
    ("second_mentor_ask_cohort", "nu spørger vi også resten", "mail:second_mentor_ask_cohort"),
    ("second_mentor_missed", "så nu hjælper", "task:second_mentor_help"),
    ("foundation_missed", "så skriv til os, så hjælper vi", REPLY),
    ("portrait_missed", "så skriv til os, så hjælper vi", REPLY),
    ("portrait_missed", "så finder vi en makker til dig", REPLY),
    ("portrait_reminder", "så hjælper vi", REPLY),
    ("portrait_plan", "så finder vi en", REPLY),
    ("shadow_missed", "så finder vi en makker til dig", REPLY),
    ("shadow_reminder", "så hjælper vi", REPLY),
    ("shadow_plan", "så finder vi en", REPLY),
    ("partner_changed", "så finder vi en løsning", REPLY),
    ("group_members", "Du hører fra os, når flere kommer til",
     "tests/integration/test_groups_told.py::test_who_joins_and_the_group_they_join_are_told"),
    ("mails_blocked", "bliver sendt, så snart det virker igen",
     "tests/integration/test_outbox_rules.py::test_what_an_outage_has_kept_back_still_goes_in_working_hours"),
    ("address_bounced", "bliver sendt én gang, når adressen er rettet", "tests/integration/test_people_corrected.py"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "words", "keeper"), KEPT, ids=[f"{one[0]}: {one[1]}" for one in KEPT])
def test_what_a_mail_promises_is_kept(message: str, words: str, keeper: str) -> None:
    assert words in TEXTS[message], "it is promised no more: drop the line"
    kind, _, name = keeper.partition(":")
    if kind in {"mail", "task"}:
        assert name in {getattr(placed.effect, kind) for placed in effects(PROGRAMME)}
    else:
        file, _, test = keeper.partition("::")
        assert f" {test}" in (ROOT / file).read_text("utf-8")


def test_every_promise_has_a_keeper() -> None:
    promised = [(name, line) for name, text in TEXTS.items() for line in text.splitlines() if PROMISING.search(line)]
    assert len(promised) > len(TEXTS) / 4
    alone = [
        f"{name}: {line}"
        for name, line in promised
        if not any(message == name and words in line for message, words, _ in KEPT)
    ]
    assert alone == []
