"""What is on display against what is published: found once, moved with what differs, closed when it is put right."""

from __future__ import annotations

import pytest

from tests.rules.worlds import World, days, item

TWO = [item(5, 20), item(4, 20, version=2, effective_from="2026-04-01", published_on="2026-04-01")]


def shown(*, at: str = "03-02 09:00", world: World | None = None, **said) -> World:
    made = world or World(*TWO)
    return made.fact(
        "carrier.displayed", at, item=None, **{"carrier": "notice_board", "place": "大厅", **said}, id=f"d{at}"
    )


def named(world: World) -> World:
    """The item is said in the payload: it is no case's."""
    for fact in world.spec["facts"]:
        fact.pop("case")
        fact["data"]["item"] = "P"
    return world


def found(world: World, until: str = "03-10 09:00"):
    return named(world).until(until).out["findings"]


def test_a_carrier_that_shows_the_version_in_force_differs_in_nothing():
    assert found(shown(version=1)) == []
    assert found(shown(committed_limit=days(5))) == []


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"committed_limit": days(3)}, ["limit_shorter"]),
        ({"committed_limit": days(9)}, ["limit_longer"]),
        ({"committed_limit": days(3, "calendar_days")}, ["limit_shorter"]),
        ({"version": 2}, ["limit_shorter", "version"]),
        ({"version": 1, "sha256": "00ff"}, ["content"]),
        ({"committed_limit": {"unit": "until_date", "on": "2026-05-01"}}, ["limit_other"]),
    ],
)
def test_a_carrier_that_says_otherwise_is_found_once(said, what):
    (one,) = found(shown(**said))
    assert (one["kind"], one["what"], one["unit"], one["case"], one["status"]) == (
        "carrier_differs",
        what,
        "planning",
        None,
        "open",
    )
    assert one["evidence"] == ["d03-02 09:00"]


def test_another_version_in_force_makes_what_hangs_there_out_of_date():
    (one,) = found(shown(version=1), "04-02 09:00")
    assert one["what"] == ["limit_longer", "version"]
    assert one["legal_at"] == "2026-04-01T00:00:00+08:00"


def test_a_carrier_put_right_closes_the_finding_and_another_place_keeps_its_own():
    world = shown(committed_limit=days(3))
    shown(world=world, at="03-03 09:00", committed_limit=days(3), place="乡镇")
    shown(world=world, at="03-04 09:00", version=1)
    assert [(one["status"], one["what"]) for one in found(world)] == [
        ("withdrawn", ["limit_shorter"]), ("open", ["limit_shorter"])
    ]  # fmt: skip


def test_a_carrier_taken_down_says_nothing_any_more():
    world = shown(committed_limit=days(3))
    world.fact("carrier.removed", "03-05 09:00", item=None, carrier="notice_board", place="大厅", id="r")
    (one,) = found(world)
    assert one["status"] == "withdrawn"


def test_nothing_can_be_shown_of_an_item_nobody_published():
    world = named(shown(version=1))
    world.spec["facts"][0]["data"]["item"] = "X"
    out = world.until("03-10 09:00").out
    assert [(one["fact"], one["code"], one["case"]) for one in out["refusals"]] == [
        ("d03-02 09:00", "unknown_item", None)
    ]
