"""R30 to R32: shadow visits and portraits are made in pairs from the learning group."""

from __future__ import annotations

import pytest

from states.store.database import Database
from tests.support.driver import Driver


def _partners(driven: Driver, name: str, *numbers: int) -> dict[int, int | None]:
    found = {number: driven.commitment(name, number).partner_id for number in numbers}
    return {number: int(partner[-2:]) if partner else None for number, partner in found.items()}


def test_everyone_visits_someone_of_the_own_group(driven: Driver) -> None:
    driven.until("2027-04-29 16:00")
    everyone = range(1, 25)
    group = {number: driven.journey(number).group_number for number in everyone}
    visits = _partners(driven, "shadow_visit", *everyone)
    for host, guest in visits.items():
        assert guest is not None
        assert (guest != host, group[guest]) == (True, group[host])
        assert visits[guest] == host, "pairs visit each other"


@pytest.mark.parametrize(("name", "opens"), [("shadow_visit", "2027-04-29 16:00"), ("portrait", "2027-06-23 16:00")])
def test_an_odd_group_has_one_ring_of_three(sqlite: Database, name: str, opens: str) -> None:
    """R32: A visits B, B visits C, C visits A."""
    driven = Driver(sqlite, people=5).enrol().until(opens)
    assert _partners(driven, name, 1, 2, 3, 4, 5) == {1: 2, 2: 1, 3: 4, 4: 5, 5: 3}


def test_due_the_day_before_the_next_module(driven: Driver) -> None:
    driven.until("2027-07-01")
    assert str(driven.commitment("shadow_visit", 1).due_on) == "2027-06-01"
    assert str(driven.commitment("portrait", 1).due_on) == "2027-08-24"
    mine = driven.mails("shadow_plan", "shadow_reminder", "shadow_missed", number=1)
    assert [mail.on for mail in mine] == ["2027-04-30", "2027-05-19", "2027-06-02"]


def test_pairs_are_made_again_when_one_withdraws(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-05-03")
    assert _partners(driven, "shadow_visit", *range(1, 7)) == {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5}
    driven.fire("withdraw", 2)
    assert _partners(driven, "shadow_visit", 1, 3, 4, 5, 6) == {3: 4, 4: 3, 5: 6, 6: 1, 1: 5}


def test_who_has_another_partner_or_visitor_is_told_in_the_same_mail_as_the_withdrawal(sqlite: Database) -> None:
    """R58: of five who stay, the one left over joins a pair: all three of the ring are told, each once."""
    driven = Driver(sqlite, people=6).enrol().until("2027-05-03")
    driven.fire("withdraw", 2)
    told = driven.mails("partner_changed")
    assert sorted(mail.to for mail in told) == ["01", "05", "06"]
    assert {mail.send_at for mail in told} == {mail.send_at for mail in driven.mails("withdrawn")}


def test_a_partner_who_goes_before_the_news_is_out_leaves_no_old_news(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-05-03")
    driven.fire("withdraw", 2)
    driven.fire("withdraw", 6)
    assert _partners(driven, "shadow_visit", 1, 3, 4, 5) == {1: 5, 5: 1, 3: 4, 4: 3}
    waiting = [(mail.to, mail.status) for mail in driven.mails("partner_changed")]
    assert waiting == [("01", "dropped"), ("05", "dropped"), ("06", "dropped"), ("01", "pending"), ("05", "pending")]


def test_who_is_back_with_a_visit_overdue_has_a_partner_again(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-06-03")
    assert driven.commitment("shadow_visit", 2).state == "missed"
    driven.fire("leave", 2)
    assert _partners(driven, "shadow_visit", 1, 2, 3, 4, 5, 6) == {3: 4, 4: 3, 5: 6, 6: 1, 1: 5, 2: None}
    driven.fire("return", 2)
    assert _partners(driven, "shadow_visit", *range(1, 7)) == {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5}


def test_nobody_is_paired_with_one_who_withdraws_at_the_same_time(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-05-03")
    driven.fire("withdraw", 2, 4)
    assert _partners(driven, "shadow_visit", 1, 3, 5, 6) == {1: 3, 3: 1, 5: 6, 6: 5}


def test_a_visit_that_took_place_keeps_its_partner(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-05-03")
    driven.fire("shadow_visit:keep", 1, 2, held_on="2027-05-03")
    driven.fire("withdraw", 2)
    assert _partners(driven, "shadow_visit", *range(1, 7)) == {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5}


def test_who_comes_back_from_leave_is_part_of_a_pair_again(sqlite: Database) -> None:
    driven = Driver(sqlite, people=6).enrol().until("2027-05-03")
    driven.fire("leave", 2)
    assert _partners(driven, "shadow_visit", 1, 3, 4, 5, 6) == {3: 4, 4: 3, 5: 6, 6: 1, 1: 5}
    driven.until("2027-05-10").fire("return", 2)
    driven.until("2027-05-11")
    assert driven.commitment("shadow_visit", 2).state == "open"
    assert _partners(driven, "shadow_visit", *range(1, 7)) == {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5}


def test_one_left_alone_has_no_partner(sqlite: Database) -> None:
    driven = Driver(sqlite, people=5).enrol().until("2027-05-03")
    driven.fire("withdraw", 2, 3, 4, 5)
    assert _partners(driven, "shadow_visit", 1) == {1: None}


def test_who_comes_too_late_for_a_pair_visits_one_who_has_done_with_it_and_hears_of_it(sqlite: Database) -> None:
    """R32, R58: all others have been on their visits; the host is told, though nothing more is asked of them."""
    driven = Driver(sqlite, people=6).enrol().until("2027-05-03")
    driven.fire("leave", 2)
    driven.fire("shadow_visit:keep", 1, 3, 4, 5, 6, held_on="2027-05-03")
    driven.until("2027-05-10").fire("return", 2)
    driven.until("2027-05-11")
    assert _partners(driven, "shadow_visit", 2) == {2: 1}
    assert driven.commitment("shadow_visit", 1).state == "kept"
    assert [mail.to for mail in driven.mails("partner_changed") if mail.status == "pending"] == ["01"]
