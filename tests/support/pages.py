"""The console as a browser without scripts sees it."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tests.support.county import PASSWORD


def sign_in(application, login, locale="zh"):
    client = TestClient(application, base_url="http://console.example", follow_redirects=False)
    client.cookies.set("jiannuo_language", locale)
    guard = field(client.get("/signin").text, "guard")
    answer = client.post("/signin", data={"login": login, "password": PASSWORD, "guard": guard, "next": "/today"})
    assert answer.headers["location"] == "/today"
    return client


def field(text, name):
    return re.search(rf'name="{name}" value="([^"]*)"', text)[1]
