"""Where an addressee can be reached, looked up when a message leaves: an address is never kept with the message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.channels.book import book
from engine.channels.preferences import Preferences
from engine.channels.ways import shared_address
from engine.storage.connect import Connection
from engine.vault.store import reveal
from notifications.channels.mail_message import AddressRefused, checked
from notifications.fields import Locale

APPLICANT = "applicant"


class Account(msgspec.Struct, frozen=True):
    """A person's way of being told. Without an address only the inbox in the console."""

    person: str
    locale: Locale
    email: str | None
    phone: str | None = None
    preferences: Preferences = Preferences()


def accounts(connection: Connection, persons: list[str]) -> dict[str, Account]:
    """The first active account of each person; an office is reached through those who act for it."""
    rows = connection.execute(
        "SELECT DISTINCT ON (who) who, u.locale, u.email, u.phone, u.preferences FROM unnest(%s::text[]) AS t(who) JOIN app_user u ON u.active"
        " AND (coalesce(u.person, u.login) = who OR (who = ANY(u.units) AND 'leading_group' = ANY(u.roles)))"
        " ORDER BY who, (coalesce(u.person, u.login) = who) DESC, (u.email IS NULL), u.login",
        (persons,),
    )
    return {
        who: Account(who, locale, email, phone, msgspec.convert(preferences, Preferences))
        for who, locale, email, phone, preferences in rows
    }


def address_of(connection: Connection, channel: str, recipient: str, case: str | None) -> str | None:
    """A person's address on a channel: an official's from the account, an applicant's out of the vault; a group is its own."""
    if recipient == shared_address(channel):
        return recipient
    if recipient == APPLICANT:
        return applicant_address(connection, case) if case else None
    account = accounts(connection, [recipient]).get(recipient)
    if account is None:
        return None
    form = book(connection).get(channel)
    return account.phone if form is not None and form.personal else account.email


def applicant_address(connection: Connection, case: str) -> str | None:
    """The last mail address under which an applicant of this case made himself known; None if none, or erased."""
    said = (one.said for one in reveal(connection, case).values() if one.said)
    found = [address for words in said if (address := _address_in(words))]
    return found[-1] if found else None


def _address_in(words: Mapping[str, Any]) -> str | None:
    for name in ("applicant", "applicant_ref"):
        for part in str(words.get(name, "")).split():
            try:
                return checked(part.strip("<>;,"))
            except AddressRefused:
                continue
    return None
