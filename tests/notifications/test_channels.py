from __future__ import annotations

import asyncio

import pytest

from notifications.channels.inapp import InApp
from notifications.channels.registry import Channels
from tests.notifications.builders import a_message


def test_the_inbox_hands_back_the_record_that_storage_keeps():
    delivery = asyncio.run(InApp().send(a_message(), "subject-7", key="rung-1"))
    assert delivery.result == "ok"
    assert delivery.record is not None
    assert (delivery.record.key, delivery.record.address) == ("rung-1", "subject-7")
    assert delivery.record.message == a_message()


def test_nobody_is_no_address():
    assert asyncio.run(InApp().send(a_message(), "", key="rung-1")).result == "failed"


def test_a_channel_is_found_by_its_name_and_an_unknown_one_names_the_known():
    inbox = InApp()
    channels = Channels([inbox])
    assert channels.get("inapp") is inbox
    assert channels.names == ("inapp",)
    with pytest.raises(LookupError, match=r"'pigeon'.*inapp"):
        channels.get("pigeon")


def test_two_channels_of_one_name_are_refused():
    with pytest.raises(ValueError, match="inapp"):
        Channels([InApp(), InApp()])
