"""The console's pages and the API's lists with a million cases in the tables: how long each takes, and whether every statement has its index."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from starlette.testclient import TestClient

from bench.figures import Part
from bench.installation import Installation
from bench.pages.addresses import ALL, samples
from bench.pages.asking import Asked, Browser, ask
from bench.pages.fill import fill, sizes
from bench.pages.plans import Fault, faults, recording
from bench.pages.serving import prepare, serving, signed_in
from bench.progress import Shown
from bench.scale import Scale
from bench.sending import BenchError
from bench.usage import Meter
from engine.bootstrap import create_api, open_database
from engine.clock import SystemClock
from engine.config import Settings
from engine.scores.kept import keep
from engine.storage.connect import open_owner
from engine.storage.world import load_world

_DATABASE = "bench_pages"
_GOAL, _UNUSUAL = 100.0, 1_000.0  # milliseconds; the second one for a whole year's evaluation
_CONNECTIONS, _AGAIN, _ENOUGH = 4, 9, 100_000
Headers = dict[str, dict[str, str]]
Samples = dict[str, list[str]]


def pages(part: Part, scale: Scale, shown: Shown, installation: Installation) -> None:
    prepare(installation, _DATABASE)
    with open_owner(installation.url(_DATABASE)) as owner:
        fill(owner, scale.paged, shown)
        rows = dict(sizes(owner))
        found = samples(owner)
    with open_database(installation.url(_DATABASE), installation.key_file, size=1) as pool, pool.connection() as one:
        headers = signed_in(one)
        began = time.perf_counter()
        with shown.doing("figures of two years"):
            keep(one, load_world(one), datetime.now(UTC).date())
        part.add(
            "figures of this year and the last, worked out ahead by the scheduler", time.perf_counter() - began, "s"
        )
    asked = list(_timed(part, installation, found, headers, scale, shown))
    wrong = _looked_through(installation, found, headers, scale, shown)
    _tell(part, scale, asked, wrong, rows)
    if wrong:
        raise BenchError("statements without their index:\n" + "\n".join(map(str, wrong)))


def _timed(
    part: Part, installation: Installation, found: Samples, headers: Headers, scale: Scale, shown: Shown
) -> Iterable[Asked]:
    with serving(installation, _DATABASE) as (port, pid), shown.doing("asking for pages", len(ALL)) as step:
        meter = Meter({"api": pid, "postgres": installation.pids()["postgres"]})
        readers = {who: Browser(port, header) for who, header in headers.items()}
        for page in ALL:
            times = 1 if page.file else scale.page_times
            for who in page.who:
                yield _named(ask(readers[who], page, page.samples(found, times), meter), who)
            step(1)
        _evaluate(part, installation, readers["leading"], found["quarter"])


def _evaluate(part: Part, installation: Installation, reader: Browser, quarters: list[str]) -> None:
    """The evaluation where nothing is kept, and where today was touched since: as with facts coming in meanwhile."""
    recent, past = (f"/scores?period={quarters[place]}" for place in (0, 3))
    with open_owner(installation.url(_DATABASE)) as owner:
        reader.come_in()
        owner.execute("DELETE FROM evaluation_bucket")
        owner.commit()
        first, earlier = reader.get(recent)[0], reader.get(past)[0]
        again = []
        for _ in range(_AGAIN):
            owner.execute("INSERT INTO evaluation_touched (at) SELECT now()")
            owner.commit()
            again.append(reader.get(recent)[0])
    part.add("this quarter's evaluation, nothing of it worked out yet", first, "ms", goal=_UNUSUAL, at_most=True)
    part.add("a past quarter's, nothing of it worked out yet", earlier, "ms", goal=_UNUSUAL, at_most=True)
    part.add(
        "this quarter's, something of today touched since", sorted(again)[_AGAIN // 2], "ms", goal=_GOAL, at_most=True
    )


def _named(asked: Asked, who: str) -> Asked:
    return Asked(asked.page, who, asked.times, asked.cpu, asked.file)


def _looked_through(
    installation: Installation, found: Samples, headers: Headers, scale: Scale, shown: Shown
) -> list[Fault]:
    """The same pages once more in this process, where their statements can be heard; then the plan of each."""
    url, wrong = installation.url(_DATABASE), set[Fault]()
    settings = Settings(database_url=url, data=installation.data.root, key_file=installation.key_file)
    with (
        open_database(url, installation.key_file, size=_CONNECTIONS) as pool,
        recording(pool, _CONNECTIONS) as heard,
        open_owner(url) as owner,
        shown.doing("looking through the plans", len(ALL)) as step,
    ):
        if scale.paged < _ENOUGH:  # of few rows all are read at once, unless that is forbidden
            owner.execute("SET enable_seqscan = off")
            owner.commit()
        client = TestClient(create_api(settings, pool, SystemClock(), None), base_url="http://bench")
        for page in ALL:
            for who in page.who:
                heard.clear()
                client.get(page.samples(found, 1)[0], headers=headers[who])
                wrong |= set(faults(owner, f"{page.address} ({who})", list(heard)))
            step(1)
    return sorted(wrong)


def _tell(part: Part, scale: Scale, asked: Sequence[Asked], wrong: Sequence[Fault], rows: dict[str, int]) -> None:
    shown = [one for one in asked if not one.file]
    usual = [one for one in shown if "{year}" not in one.page]
    every = sorted(time for one in usual for time in one.times)
    worst = max(usual, key=lambda one: one.share(0.95))
    part.add("pages and lists, all requests, half of them within", every[len(every) // 2], "ms")
    part.add("all requests, 95 of 100 within", every[int(len(every) * 0.95)], "ms", goal=_GOAL, at_most=True)
    part.add(f"the worst page, 95 of 100 within: {_title(worst)}", worst.share(0.95), "ms", goal=_GOAL, at_most=True)
    part.add("pages above the goal", sum(one.share(0.95) > _GOAL for one in usual), "pages", goal=0, at_most=True)
    part.add("evaluation of a whole year, the worst", max(one.share(0.95) for one in shown if "{year}" in one.page), "ms", goal=_UNUSUAL, at_most=True)  # fmt: skip
    part.add("plans that read a table from end to end, or throw away what they read", len(wrong), "plans", goal=0, at_most=True)  # fmt: skip
    part.say(
        f"{scale.paged} cases: lives played by the rules, copied by set statements under other numbers, units and dates of two and a half years, two in a hundred not over yet; statistics as after VACUUM ANALYZE. "
        f"`jiannuo api` on the same PostgreSQL, one reader at a time over one kept-alive connection, each page {scale.page_times} times with other units, people, days and, where there are such, its next three pages; "
        "times up to the last byte, the first request of each not counted. Core-ms are those of the server's processes and do not depend on what else the machine does. Rows: "
        + ", ".join(f"{name} {number:,}" for name, number in list(rows.items())[:16])
    )
    part.say("\n".join(_table(shown)))
    part.say(
        "Exports, whole files: " + "; ".join(f"`{_title(one)}` {one.times[0]:,.0f} ms" for one in asked if one.file)
    )
    if wrong:
        part.say("Plans to mend:\n\n" + "\n".join(f"- {one}" for one in wrong))


def _table(shown: Sequence[Asked]) -> Iterable[str]:
    yield "| page | reader | half within, ms | 95 of 100 within, ms | core-ms |\n|---|---|---:|---:|---:|"
    for one in sorted(shown, key=lambda one: -one.share(0.95)):
        yield f"| `{one.page}` | {one.who or 'anybody'} | {one.share(0.5):.1f} | {one.share(0.95):.1f} | {one.cpu:.0f} |"


def _title(one: Asked) -> str:
    return f"{one.page} ({one.who or 'anybody'})"
