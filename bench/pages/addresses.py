"""What is asked: every page of the console that reads, each list of the API, and the public pages, by who asks."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.storage.connect import Connection

EVERYBODY = ("inspector", "head", "officer", "leading", "operator")
WATCHERS = ("inspector", "leading")
# Of what is looked at one by one: a few of each, from all over the tables.
_SAMPLES = {
    "case": "SELECT 'K' || lpad((1 + mod(k * 331, 4999))::text, 8, '0') FROM generate_series(1, 12) AS k",
    "live": "SELECT case_id FROM case_file WHERE status = 'open' AND case_id LIKE 'K%' ORDER BY md5(case_id) LIMIT 12",
    "alert": "SELECT id FROM alert WHERE status = 'open' AND level = 'red' ORDER BY id LIMIT 12",
    "finding": "SELECT id FROM finding WHERE status = 'open' ORDER BY id LIMIT 12",
    "proceeding": "SELECT proceeding_id FROM proceeding ORDER BY id LIMIT 12",
    "certificate": "SELECT number FROM certificate WHERE number NOT LIKE '%/%/%' ORDER BY id LIMIT 12",
    "hold": "SELECT id FROM hold WHERE status = 'open' ORDER BY id LIMIT 12",
    "voice": "SELECT id FROM voice WHERE phase <> 'settled' ORDER BY id LIMIT 12",
    "filing": "SELECT data->>'id' FROM filing ORDER BY changed_at DESC LIMIT 12",
    "unit": "SELECT 'bureau-' || k FROM generate_series(0, 11) AS k",
    "item": "SELECT 'B-4-' || k FROM generate_series(0, 11) AS k",
    "holder": "SELECT 'o-' || k || '-' || k % 10 FROM generate_series(0, 11) AS k",
    "day": "SELECT (current_date + k * 3 - 12)::text FROM generate_series(0, 11) AS k",
    "quarter": "SELECT to_char(current_date - k * interval '3 months', 'YYYY\"Q\"Q') FROM generate_series(0, 5) AS k",
    "year": "SELECT to_char(current_date - k * interval '1 year', 'YYYY') FROM generate_series(0, 1) AS k",
    "figure": "SELECT unnest(ARRAY['concluded', 'on_time', 'late', 'due', 'limit_used', 'red', 'warnings', 'measures', 'ratings', 'satisfied', 'suspensions', 'breaches_standing'])",
    "text": "SELECT 'K000' || k FROM generate_series(1, 12) AS k",
    "run": "SELECT 'r' || k FROM generate_series(1, 12) AS k",
}


class Page(msgspec.Struct, frozen=True):
    """A page and who opens it. `file`: a whole export, which may take its time but must begin at once."""

    address: str
    who: tuple[str, ...] = WATCHERS
    file: bool = False

    def samples(self, found: Mapping[str, list[str]], times: int) -> list[str]:
        """Its addresses, each with other things in it."""
        return [
            self.address.format(**{name: values[n % len(values)] for name, values in found.items() if values})
            for n in range(times)
        ]


PAGES = (
    Page("/today", EVERYBODY), Page("/cases", EVERYBODY), Page("/cases?status=all", EVERYBODY), Page("/cases?status=concluded", EVERYBODY), Page("/cases?status=suspended"),
    Page("/cases?unit={unit}"), Page("/cases?item={item}"), Page("/cases?level=red", ("inspector", "head")), Page("/cases?status=all&level=red", ("inspector", "head")), Page("/cases?holder={holder}"),
    Page("/cases?status=all&holder={holder}"), Page("/cases?status=all&unit={unit}&item={item}&level=yellow"), Page("/cases?due_from={day}&due_to={day}", EVERYBODY), Page("/cases?status=all&text={text}", EVERYBODY),
    Page("/cases?text={text}"), Page("/cases/{case}", ("inspector",)), Page("/cases/{live}", ("inspector",)), Page("/cases.csv?unit={unit}", ("inspector",), file=True),
    Page("/cases.csv?status=all", ("inspector",), file=True), Page("/cases.xlsx?unit={unit}", ("inspector",), file=True),
    Page("/alerts?level=red", ("inspector", "head", "officer", "leading")), Page("/alerts?level=warning", ("inspector", "head", "officer", "leading")), Page("/alerts/{alert}", ("inspector",)),
    Page("/findings", ("inspector", "head", "officer", "leading")), Page("/findings?status=confirmed", ("inspector", "head", "officer", "leading")), Page("/findings?kind=limit_expired"),
    Page("/findings?status=dismissed&unit={unit}"), Page("/findings?status=excused&kind=step_overdue&unit={unit}"), Page("/findings/{finding}", ("inspector",)),
    Page("/proceedings", ("inspector", "head", "officer", "leading")), Page("/proceedings?ended=1", ("inspector", "head", "officer", "leading")), Page("/proceedings/{proceeding}", ("inspector",)),
    Page("/voices", ("inspector", "head", "officer", "leading")), Page("/voices?phase=all", ("inspector", "head", "officer", "leading")), Page("/voices?phase=settled&what=complaint&unit={unit}"), Page("/voices/{voice}", ("inspector",)),
    Page("/holds", EVERYBODY), Page("/holds?status=closed", EVERYBODY), Page("/holds?status=closed&reason=source_behind&unit={unit}"), Page("/holds/{hold}", ("inspector",)),
    Page("/certificates", EVERYBODY), Page("/messages", EVERYBODY), Page("/preferences", ("officer",)), Page("/units", EVERYBODY), Page("/units/{unit}"), Page("/items", EVERYBODY), Page("/items?unit={unit}"), Page("/items/{item}"),
    Page("/filings"), Page("/filings?phase=published"), Page("/filings/{filing}"), Page("/filings/new?from={item}", ("head",)), Page("/carriers"), Page("/simulations", ("leading",)), Page("/calendars"),
    Page("/parked"), Page("/parked?view=quarantined"), Page("/parked?view=settled"), Page("/channels", ("operator",)), Page("/deliveries", ("operator",)), Page("/deliveries?channel=email&status=given_up", ("operator",)),
    Page("/deliveries?channel=inapp", ("operator",)), Page("/reconciliation", ("operator",)), Page("/help", EVERYBODY),
    Page("/scores?period={quarter}", ("inspector", "head", "leading", "officer")), Page("/scores?period={quarter}&subject=person"), Page("/scores?period={year}"), Page("/scores?period={quarter}&unit={unit}"),
    Page("/scores/one?period={quarter}&id={unit}"), Page("/scores/cases?period={quarter}&unit={unit}&figure={figure}"), Page("/scores/cases?period={quarter}&figure={figure}"), Page("/scores/report?period={quarter}"),
    Page("/scores/commended?period={year}", ("leading",)), Page("/scores/cases.csv?period={quarter}&unit={unit}&figure={figure}", ("leading",), file=True), Page("/scores.csv?period={quarter}", ("leading",), file=True),
)  # fmt: skip
# Nobody signs in for these.
PUBLIC = (Page("/certificates/{certificate}", ("",)), Page("/public", ("",)), Page("/public/units/{unit}", ("",)), Page("/public/units/{unit}/touch", ("",)), Page("/public/items/{item}", ("",)), Page("/signin", ("",)))  # fmt: skip
_API = (
    "cases", "cases?status=open", "cases?unit={unit}", "cases?status=open&unit={unit}", "cases?item={item}", "cases?holder={holder}", "cases?level=red", "cases?source=hall&status=open",
    "cases?due_from={day}&due_before={day}", "cases?status=concluded&unit={unit}&level=yellow", "cases/{case}", "cases/{case}/ledger", "cases/{live}/explanation?lang=zh", "findings", "findings?status=open", "findings?kind=limit_expired&status=confirmed",
    "findings?unit={unit}", "findings?person={holder}", "findings?case={case}", "breaches", "breaches?status=standing", "breaches?unit={unit}", "breaches?kind=committed", "breaches?case={case}", "proceedings",
    "proceedings?phase=closed", "proceedings?unit={unit}", "proceedings?person={holder}", "proceedings?owner=head-0", "alerts", "alerts?status=open", "alerts?level=red", "alerts?status=open&level=red", "alerts?cause=limit:committed",
    "alerts?case={case}", "holds", "holds?status=open", "holds?reason=source_behind", "holds?owner=head-0", "complaints", "complaints?phase=filed", "complaints?unit={unit}", "complaints?about={holder}", "ratings", "ratings?owner=head-0", "ratings?unit={unit}",
    "filings", "filings?phase=draft", "filings?code={item}", "simulations", "certificates/status-list",
    "reports/scores?period={quarter}", "reports/scores?period={quarter}&subject=person", "reports/scores/cases?period={quarter}&figure={figure}&unit={unit}", "reports/tables?period={quarter}", "reports/detectors",
)  # fmt: skip
API = tuple(Page(f"/api/v1/{rest}", ("key",)) for rest in _API)
ALL = (*PAGES, *PUBLIC, *API)


def samples(connection: Connection) -> dict[str, list[str]]:
    return {name: [str(row[0]) for row in connection.execute(query.encode())] for name, query in _SAMPLES.items()}
