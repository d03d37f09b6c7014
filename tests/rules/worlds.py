"""Small worlds in virtual time: a case is built fact by fact, played in process, and looked at.

`a_case(committed=5).accepted("03-02 09:00").until("03-12 09:00")`: times are at the office, in 2026 unless a year is given.
"""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from engine.rehearsal.loading import load
from rules.rehearsal import Rehearsal
from rules.rehearsal_report import report

WD = "working_days"
UNITS = [
    {"id": "county", "name": "县政府"},
    {
        "id": "planning",
        "parent": "county",
        "first_responsible": "li",
        "deputy_in_charge": "wang",
        "discipline_group": "chen",
    },
    {"id": "fire", "parent": "county", "first_responsible": "huo"},
    {"id": "water", "parent": "county"},
    {"id": "inspection", "parent": "county"},
    {"id": "office", "parent": "county"},
]
PEOPLE = [
    {"id": name, "unit": unit, "post": post, "from": "2010-01-01"}
    for name, unit, post in (
        ("zhang", "planning", "officer"),
        ("liu", "planning", "officer"),
        ("zhao", "planning", "officer"),
        ("li", "planning", "first_responsible"),
        ("wang", "planning", "deputy_in_charge"),
        ("chen", "planning", "discipline_group"),
        ("huo", "fire", "first_responsible"),
        ("sun", "inspection", "inspector"),
    )
]


def days(n: int, unit: str = WD) -> dict[str, Any]:
    return {"amount": n, "unit": unit}


def moment(text: str) -> str:
    """`03-02` and `03-02 09:00` are in 2026; `2027-01-05 09:00` stands as it is. Seconds may follow."""
    head, _, clock = text.partition(" ")
    on = head if len(head) == len("2026-01-01") else f"2026-{head}"
    if not clock:
        return on
    return f"{on}T{clock}{':00' if len(clock) == len('09:00') else ''}+08:00"


def item(committed: Any = 5, statutory: Any = None, silence: Any = None, **more: Any) -> dict[str, Any]:
    """An item of the planning office; numbers are working days, `silence` an effect or the whole rule."""
    made: dict[str, Any] = {
        "code": "P",
        "name": "测试事项",
        "unit": "planning",
        "version": 1,
        "effective_from": "2015-01-01",
    }
    for name, limit in (("committed_limit", committed), ("statutory_limit", statutory)):
        if limit is not None:
            made[name] = days(limit) if isinstance(limit, int) else limit
    if silence is not None:
        made["silence"] = {"effect": silence, "clock": "committed"} if isinstance(silence, str) else silence
    return made | more


class Played:
    """What a rehearsal printed. Instants are texts at the office; `day` cuts them."""

    def __init__(self, out: dict[str, Any], case: str) -> None:
        self.out = out
        self.id = case

    @property
    def case(self) -> dict[str, Any]:
        return self.out["cases"][self.id]

    def of(self, case: str) -> Played:
        return Played(self.out, case)

    def clock(self, name: str = "committed") -> dict[str, Any]:
        return self.case["clocks"][name]

    @property
    def due_on(self) -> str:
        return self.clock()["due_on"]

    @property
    def outcome(self) -> dict[str, Any]:
        return self.case["outcome"]

    @property
    def status(self) -> str:
        return self.case["status"]

    def _mine(self, name: str, **fields: Any) -> list[dict[str, Any]]:
        return [x for x in self.out[name] if x.get("case") == self.id and all(x.get(k) == v for k, v in fields.items())]

    def findings(self, kind: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        return self._mine("findings", **({"kind": kind} if kind else {}), **fields)

    def breaches(self, **fields: Any) -> list[dict[str, Any]]:
        return self._mine("breaches", **fields)

    def broken(self) -> dict[str, str]:
        """Clock → legal instant of its standing breach."""
        return {b["clock"]: b["legal_at"] for b in self.breaches(status="standing")}

    def alerts(self, level: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        return self._mine("alerts", **({"level": level} if level else {}), **fields)

    def notices(self, kind: str | None = None, **fields: Any) -> list[dict[str, Any]]:
        return self._mine("notices", **({"kind": kind} if kind else {}), **fields)

    def proceedings(self, **fields: Any) -> list[dict[str, Any]]:
        return self._mine("proceedings", **fields)

    def refusals(self) -> dict[str, str]:
        """Fact → code, of those standing."""
        return {r["fact"]: r["code"] for r in self.out["refusals"]}

    @property
    def holds(self) -> dict[str, dict[str, Any]]:
        return {h["reason"]: h for h in self.case["holds"]}

    @property
    def open_holds(self) -> set[str]:
        return {h["reason"] for h in self.case["holds"] if h["closed_at"] is None}

    @property
    def certificates(self) -> list[dict[str, Any]]:
        return self.case["certificates"]

    @property
    def parked(self) -> set[str]:
        return {p["fact"] for p in self.out["parked"]}

    @property
    def quarantined(self) -> set[str]:
        return {p["fact"] for p in self.out["quarantined"]}

    def ledger(self, type_: str) -> list[dict[str, Any]]:
        return [line for line in self.case["ledger"] if line["type"] == type_]


class World:
    """A rehearsal under construction. Every method returns it; `until` plays it."""

    def __init__(self, *items: dict[str, Any], profile: dict[str, Any] | str | None = None) -> None:
        self.spec: dict[str, Any] = {
            "jiannuo": "rehearsal/1",
            "profile": profile or "cn-mainland",
            "calendars": [{"version": "v1", "known_from": "2015-01-01T00:00:00+08:00", "extends": "CN"}],
            "units": copy.deepcopy(UNITS),
            "people": copy.deepcopy(PEOPLE),
            "leading_group_office": "office",
            "inspectors": ["sun"],
            "sources": [{"id": "hall"}, {"id": "archive"}, {"id": "window"}],
            "items": list(items) or [item()],
            "outages": [],
            "facts": [],
            "ask": [],
        }
        self.current = "A"
        self.source = "hall"

    def with_(self, **fields: Any) -> World:
        self.spec |= fields
        return self

    def calendar(self, version: str, known_from: str, **changes: Any) -> World:
        """Another version of the calendar: `days` and `years` merge with those before."""
        before = self.spec["calendars"][-1]["version"]
        self.spec["calendars"].append(
            {"version": version, "known_from": moment(known_from), "extends": before, **changes}
        )
        return self

    def outage(self, start: str, end: str, what: str = "engine") -> World:
        self.spec["outages"].append({"what": what, "from": moment(start), "to": moment(end)})
        return self

    def case(self, id_: str) -> World:
        self.current = id_
        return self

    def of_source(self, source: str) -> World:
        self.source = source
        return self

    def fact(
        self, type_: str, at: str, *, recorded: str | None = None, id: str | None = None, actor: str | None = None,  # noqa: A002
        sequence: int | None = None, item: str | None = None, source: str | None = None, reason: str | None = None, **data: Any,
    ) -> World:  # fmt: skip
        if reason is not None:
            data["reason"] = reason
        made: dict[str, Any] = {
            "id": id or f"{type_}#{len(self.spec['facts'])}", "type": type_, "case": self.current, "source": source or self.source,
            "occurred_at": moment(at), "data": data,
        }  # fmt: skip
        if recorded is not None:
            made["recorded_at"] = moment(recorded)
        extra = {"actor": actor, "sequence": sequence, "item": item}
        self.spec["facts"].append(made | {name: value for name, value in extra.items() if value is not None})
        return self

    def accepted(
        self, at: str = "03-02 09:00", *, item: str | None = "P", holder: str | None = "zhang", **more: Any
    ) -> World:
        data = {"holder": holder} if holder else {}
        return self.fact("application.accepted", at, item=item, applicant="赵某", **data, **more)

    def served(self, at: str, result: str = "approved", **more: Any) -> World:
        return self.fact("decision.made", at, result=result, id=f"made {at}").fact(
            "decision.served", at, result=result, **more
        )

    def asked(self, on: str, clock: str | None = None) -> World:
        question = {"case": self.current, "question": "due", "as_known_on": moment(on)}
        self.spec["ask"].append(question | ({"clock": clock} if clock else {}))
        return self

    def until(self, at: str) -> Played:
        self.spec["until"] = moment(at)
        return Played(play(self.spec), self.current)


def play(spec: dict[str, Any]) -> dict[str, Any]:
    loaded = load(msgspec.json.encode(spec))
    played = Rehearsal(loaded.world, loaded.until, loaded.outages)
    played.play(loaded.facts)
    return msgspec.json.decode(msgspec.json.encode(report(played, loaded.questions)))


def a_case(
    committed: Any = 5,
    statutory: Any = None,
    silence: Any = None,
    *,
    profile: dict[str, Any] | str | None = None,
    **more: Any,
) -> World:
    return World(item(committed, statutory, silence, **more), profile=profile)


def instant(on: str) -> str:
    """The instant a local day begins, as the output writes it."""
    return moment(f"{on} 00:00")
