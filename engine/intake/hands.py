"""More hands at the door: processes beside this one that decide too, so that a rush uses every core. While there is little to do there are none."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, Pipe
from typing import Protocol

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from engine.intake.envelope import Answer, Envelope
from engine.intake.traces import trace

DATABASE_DOWN = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
IDLE_SECONDS = 120.0  # a hand that has had nothing to do for so long ends
_AGAIN_AFTER = 10.0  # seconds until another is started where one went away
_PATIENCE = 5.0
_MOST = 4

Deciding = Callable[[Sequence[Envelope]], list[Answer]]
_log = structlog.get_logger(__name__)


class Process(Protocol):
    """What runs a hand."""

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


Start = Callable[[Connection], Process]


class GoneError(Exception):
    """The process went away. What it was given may be on the ledger or not: whoever decides it again finds out."""


class Hand:
    """One process at the other end of a pipe. It says once that it is ready, then takes messages and answers them."""

    def __init__(self, start: Start) -> None:
        self._pipe, theirs = Pipe()
        self._process = start(theirs)
        theirs.close()
        self._is_ready = False
        self.is_busy = False

    def is_ready(self) -> bool:
        """GoneError where it ended by itself."""
        try:
            while self._pipe.poll():
                self._pipe.recv()  # its first word; whatever else there is to be read is its end
                self._is_ready = True
        except (EOFError, OSError) as error:
            raise GoneError from error
        return self._is_ready

    def decide(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """Its answers. GoneError where it went away meanwhile."""
        try:
            self._pipe.send(envelopes)
            said = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise GoneError from error
        if isinstance(said, Exception):
            raise said
        answers: list[Answer] = said
        return answers

    def close(self) -> int:
        """It ends when it has answered what it was given. 0: it ended as it should."""
        self._pipe.close()
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Hands:
    """The hands of one process, started when they are first missed. `start` runs `serve` elsewhere with its end of the pipe."""

    def __init__(self, start: Start, most: int) -> None:
        self._start = start
        self._most = most
        self._lock = threading.Lock()
        self._hands: list[Hand] = []
        self._not_before = float("-inf")

    @property
    def are_busy(self) -> bool:
        return any(hand.is_busy for hand in tuple(self._hands))

    def take(self) -> Hand | None:
        """One that is free now, for the caller alone until it is given back; None where he must do it himself."""
        with self._lock:
            for hand in list(self._hands):
                if not hand.is_busy and self._is_ready(hand):
                    hand.is_busy = True
                    return hand
            if len(self._hands) < self._most and time.monotonic() >= self._not_before:
                self._hands.append(Hand(self._start))
        return None

    def _is_ready(self, hand: Hand) -> bool:
        try:
            return hand.is_ready()
        except GoneError:
            self._let_go(hand)
            return False

    def _let_go(self, hand: Hand, *, broke: bool = False) -> None:
        """One that broke, or that could not even begin, is not followed by another at once."""
        self._hands.remove(hand)
        if hand.close() != 0 or broke:
            self._not_before = time.monotonic() + _AGAIN_AFTER

    def give_back(self, hand: Hand, *, gone: bool = False) -> None:
        with self._lock:
            hand.is_busy = False
            if gone:
                self._let_go(hand, broke=True)

    def close(self) -> None:
        with self._lock:
            for hand in list(self._hands):
                self._let_go(hand)


def most() -> int:
    """As many as there are cores: whoever takes the messages in needs little of one. A single core is not shared."""
    cores = os.cpu_count() or 1
    return min(cores, _MOST) if cores > 1 else 0


def serve(pipe: Connection, deciding: Deciding) -> None:
    """The life of a hand: until nothing came for long, or whoever gave it work is gone."""
    try:
        pipe.send(None)
        while pipe.poll(IDLE_SECONDS):
            pipe.send(_answered(deciding, pipe.recv()))
    except (EOFError, OSError):
        return


def _answered(deciding: Deciding, envelopes: Sequence[Envelope]) -> list[Answer] | Exception:
    """An error goes back by its kind alone: not every error can travel, and its words may name persons."""
    try:
        return deciding(envelopes)
    except DATABASE_DOWN as error:
        return psycopg.OperationalError(type(error).__name__)
    except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
        _log.error("group_failed", messages=len(envelopes), **trace(error))
        return RuntimeError(type(error).__name__)
