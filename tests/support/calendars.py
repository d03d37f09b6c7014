"""Open cases over a calendar, and a hand that brings another one into force."""

from datetime import UTC, datetime, timedelta

from engine.calendars.confirmation import confirm
from engine.calendars.impact import impact
from engine.calendars.proposal import propose
from engine.intake.decide import advance, decide, due_streams

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOTICE = {
    "title": "关于2027年部分节假日安排的通知（测试用，虚构）",
    "number": "测试发〔2026〕1号",
    "issuer": "测试机关",
    "published_on": "2026-11-04",
    "days": [
        {"on": "2027-01-01", "kind": "off", "name": "元旦"},
        {"on": "2027-01-04", "kind": "off", "name": "元旦"},
        {"on": "2027-01-09", "kind": "working", "name": "元旦"},
        {"on": "2027-01-10", "kind": "working", "name": "元旦"},
    ],
}
NEXT_YEAR = {"version": "CN-2027", "extends": "CN", "years": {"2027": "official"}, "instruments": [NOTICE]}


def local(day, time="09:00"):
    return datetime.fromisoformat(f"{day}T{time}+08:00").astimezone(UTC)


class Life:
    """A world that a test lets live."""

    def __init__(self, pool, clock):
        self.pool, self.clock = pool, clock

    def take(self, *messages):
        with self.pool.connection() as connection:
            return decide(connection, messages, self.clock)

    def look(self):
        with self.pool.connection() as connection:
            while due := due_streams(connection, self.clock.now(), 500):
                advance(connection, due, self.clock)

    def until(self, moment):
        """Quarter of a day by quarter, so that every moment is concluded near its time; the door stays open."""
        while self.clock.at < moment:
            self.clock.go(min(self.clock.at + 6 * HOUR, moment))
            self.look()

    def rows(self, statement, *values):
        with self.pool.connection() as connection:
            return connection.execute(statement, values).fetchall()

    def proposal(self, form):
        with self.pool.connection() as connection:
            return propose(connection, form, self.clock.now())

    def impact(self, form):
        with self.pool.connection() as connection:
            return impact(connection, propose(connection, form, self.clock.now()), self.clock.now())

    def bring(self, form):
        digest = self.proposal(form).digest
        with self.pool.connection() as connection:
            done = confirm(connection, form, digest, "sun", self.clock)
        self.look()
        return done

    def limits(self):
        """By case and clock the day and whether it is provisional, from the ledger's last word."""
        rows = self.rows(
            "SELECT DISTINCT ON (stream_id, key) stream_id, key, body::jsonb->>'due_on', body::jsonb->>'provisional' FROM entry"
            " WHERE type IN ('limit_set', 'limit_moved') ORDER BY stream_id, key, version DESC"
        )
        return {
            (stream.removeprefix("case:"), key.removeprefix("limit:")): (on, firm) for stream, key, on, firm in rows
        }
