"""`python -m engine.hand FD`: a process that decides messages for another one, which started it and holds the other end of the pipe."""

from __future__ import annotations

import signal
import sys

from engine.bootstrap import run_hand
from engine.config import load


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(
            number, signal.SIG_IGN
        )  # meant for all of the group; this one ends with its pipe, when all is answered
    run_hand(load().settings, int(sys.argv[1]))


if __name__ == "__main__":
    main()
