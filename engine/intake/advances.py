"""Which rules move which kind of stream. Streams that have no rules of their own only keep what was said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from rules.carrier_stream import advance_carriers
from rules.case_stream import advance_case
from rules.catalogue_stream import advance_catalogue
from rules.complaint_stream import advance_complaint
from rules.docket_stream import advance_docket
from rules.facts import Fact
from rules.filing_stream import advance_filing
from rules.matter_stream import advance_matter
from rules.report_stream import advance_report
from rules.stream import FactResult, Health, Step, Stream
from rules.watch_stream import advance_watch
from rules.world import World

Advance = Callable[[Stream, Sequence[Fact], datetime, World, Health], Step]


def keep(stream: Stream, new: Sequence[Fact], at: datetime, world: World, health: Health) -> Step:
    """Words of a source or about a calendar: the ledger has them, the snapshot needs not grow with them."""
    del at, world, health
    results = tuple(FactResult(fact.id) for fact in new)
    return Step(stream=stream, entries=(), changed=(), results=results, outreach=(), next_at=None, ended=True)


ADVANCES: dict[str, Advance] = {
    "case": advance_case,
    "docket": advance_docket,
    "matter": advance_matter,
    "watch": advance_watch,
    "filing": advance_filing,
    "catalogue": advance_catalogue,
    "complaint": advance_complaint,
    "report": advance_report,
    "carriers": advance_carriers,
    "source": keep,
    "calendar": keep,
}
