"""Chromium for the tests of this folder: `visit` opens a page of somebody signed in at a module's own `address`."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.support.county import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser():
    """Closed after each module: while Playwright is open a loop runs in this thread, and no test elsewhere could start its own."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, address):
    """visit(login, locale=…, width=…, scripts=…) -> a page of somebody signed in; `page.errors` is what its scripts complained of."""
    contexts = []

    def opened(login: str, *, locale: str = "zh", width: int = 1280, scripts: bool = True):
        context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        contexts.append(context)
        context.add_cookies([{"name": "jiannuo_language", "value": locale, "url": address}])
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda line: page.errors.append(line.text) if line.type == "error" else None)
        page.goto(f"{address}/signin")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("form button")
        page.wait_for_url("**/today")
        return page

    yield opened
    for context in contexts:
        context.close()
