"""Asks for pages as a browser does, one after the other over a kept-alive connection: how long each took, and what the server's processes spent on it."""

from __future__ import annotations

import re
import time
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote

import msgspec

from bench.pages.addresses import Page
from bench.sending import BenchError
from bench.usage import Meter

_NEXT = re.compile(r'href="([^"]+)"[^>]*rel="next"|"next": ?"([A-Za-z0-9_-]+)"')
_NEXT_PAGES = 3


class Asked(msgspec.Struct, frozen=True):
    """All times of a page for one kind of reader, in milliseconds; `cpu` is what a request cost the server's processes on average."""

    page: str
    who: str
    times: tuple[float, ...]
    cpu: float
    file: bool = False

    def share(self, part: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


class Browser:
    """One reader. Sessions and keys are given by `headers`."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=600)
        self._headers = headers

    def come_in(self) -> None:
        """A connection of its own for what follows: one that was idle may have been closed."""
        self._connection.close()

    def get(self, address: str) -> tuple[float, str]:
        """Milliseconds to the last byte, and the text. BenchError for anything but 200."""
        began = time.perf_counter()
        self._connection.request("GET", quote(address, safe="/?&=%:~,+"), headers=self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        return (time.perf_counter() - began) * 1000, _checked(answer, address, text)


def _checked(answer: HTTPResponse, address: str, text: bytes) -> str:
    if answer.status != 200:
        raise BenchError(f"{address}: {answer.status} {text[:300].decode(errors='replace')}")
    return text.decode(errors="replace")


def ask(browser: Browser, page: Page, addresses: list[str], meter: Meter) -> Asked:
    """Every address once, and the pages that come after the first one's; the first request of all does not count."""
    browser.come_in()
    _, text = browser.get(addresses[0])
    asked = [*addresses, *(() if page.file else _following(browser, addresses[0], text))]
    before = meter.end()
    times = tuple(browser.get(address)[0] for address in asked)
    after = meter.end()
    spent = sum(after[name] - before[name] for name in after if name not in {"bench", "others"})
    return Asked(page.address, "", times, spent * 1000 / len(asked), page.file)


def _following(browser: Browser, address: str, text: str) -> list[str]:
    found: list[str] = []
    for _ in range(_NEXT_PAGES):
        link = _NEXT.search(text)
        if link is None:
            break
        if link[1] is not None:
            found.append(link[1].replace("&amp;", "&"))
        else:
            found.append(f"{address}{'&' if '?' in address else '?'}cursor={link[2]}")
        _, text = browser.get(found[-1])
    return found
