"""Group commit: concurrent messages share a transaction, each with its own answer. Commits are what a disk is slow at."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NoReturn

import structlog

from engine.clock import Clock
from engine.intake.decide import decide
from engine.intake.envelope import Answer, Envelope
from engine.intake.hands import DATABASE_DOWN, Deciding, GoneError, Hand, Hands
from engine.intake.health import BEAT_SECONDS, beat
from engine.intake.memory import collect_rarely
from engine.intake.traces import trace
from engine.storage.connect import Pool

LARGEST = 200
RUSH = 16  # messages at once from which on others decide, where there are any
GATHER_SECONDS = 0.002  # while others decide, so that this process is not busy with crumbs
_log = structlog.get_logger(__name__)

Submitted = tuple[Envelope, "Future[Answer]"]


class GroupCommit:
    """The open door of one process. While one group commits the next gathers; a lone message waits for nobody.

    In a rush `hands` decide, each a group or a batch of its own; where they are all busy, or there are none, this process does.

    It also says every second that it is open (`engine.intake.health`). Ends with `close`, after all that was submitted is answered.
    `reachable`: set once senders can come in; until then nobody hears that the door is open. Without one they can at once.
    `hands` are closed with the door.
    """

    def __init__(
        self, pool: Pool, clock: Clock, reachable: threading.Event | None = None, hands: Hands | None = None
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._reachable = reachable
        self._hands = hands or Hands(_nobody, 0)
        self._helped = ThreadPoolExecutor(thread_name_prefix="group-helped")
        self._queue: queue.SimpleQueue[Submitted | None] = queue.SimpleQueue()
        self._beaten_at = float("-inf")
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    def submit(self, envelope: Envelope) -> Future[Answer]:
        """The answer to come. psycopg.OperationalError or PoolTimeout as its exception: the database is down, nothing was stored."""
        answer: Future[Answer] = Future()
        self._queue.put((envelope, answer))
        return answer

    def decide(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """A batch in a transaction of its own, by whoever is free."""
        hand = self._free_hand(envelopes)
        return self._decided(envelopes) if hand is None else self._with(hand, envelopes)

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join()
        self._helped.shutdown()
        self._hands.close()

    def _run(self) -> None:
        collect_rarely()
        is_open = True
        while is_open:
            group, is_open = self._gather()
            if group:
                self._commit(group)
            self._beat()

    def _gather(self) -> tuple[list[Submitted], bool]:
        group: list[Submitted] = []
        try:
            one = self._queue.get(timeout=BEAT_SECONDS)
            if one is not None and self._hands.are_busy:
                time.sleep(GATHER_SECONDS)
            while one is not None:
                group.append(one)
                if len(group) == LARGEST:
                    return group, True
                one = self._queue.get_nowait()
        except queue.Empty:
            return group, True
        return group, False

    def _commit(self, group: Sequence[Submitted]) -> None:
        claimed = [(envelope, answer) for envelope, answer in group if answer.set_running_or_notify_cancel()]
        hand = self._free_hand(claimed)
        if hand is None:
            _answer(claimed, self._decided)
        else:
            self._helped.submit(_answer, claimed, lambda envelopes: self._with(hand, envelopes))

    def _free_hand(self, messages: Sized) -> Hand | None:
        return self._hands.take() if len(messages) >= RUSH else None

    def _decided(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        with self._pool.connection() as connection:
            return decide(connection, envelopes, self._clock)

    def _with(self, hand: Hand, envelopes: Sequence[Envelope]) -> list[Answer]:
        """A hand that goes away leaves its work to us: what it had decided already is found as a repeat."""
        gone = False
        try:
            return hand.decide(envelopes)
        except GoneError:
            gone = True
            _log.warning("hand_gone", messages=len(envelopes))
        finally:
            self._hands.give_back(hand, gone=gone)
        return self._decided(envelopes)

    def _beat(self) -> None:
        """Where the database is out of reach so is the door: the next beat that gets through finds the gap."""
        if time.monotonic() - self._beaten_at < BEAT_SECONDS or not (
            self._reachable is None or self._reachable.is_set()
        ):
            return
        try:
            with self._pool.connection(timeout=BEAT_SECONDS) as connection:
                beat(connection, self._clock)
            self._beaten_at = time.monotonic()
        except DATABASE_DOWN as error:
            _log.warning("door_closed", error=type(error).__name__)


def _answer(claimed: Sequence[Submitted], deciding: Deciding) -> None:
    try:
        answers = deciding([envelope for envelope, _ in claimed])
    except Exception as error:  # noqa: BLE001 - each of those who wait must hear of it
        _log.error("group_failed", messages=len(claimed), **trace(error))
        for _, answer in claimed:
            answer.set_exception(error)
        return
    for (_, answer), decided in zip(claimed, answers, strict=True):
        answer.set_result(decided)


def _nobody(_: object) -> NoReturn:
    raise AssertionError("nobody else decides here")
