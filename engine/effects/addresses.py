"""Where an addressee can be reached, looked up when a message leaves: an address is never kept with the message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.storage.connect import Connection
from engine.vault.store import reveal
from notifications.channels.mail_message import AddressRefused, checked
from notifications.fields import Locale

APPLICANT = "applicant"


class Account(msgspec.Struct, frozen=True):
    """A person's way of being told. `email` None: only the inbox in the console."""

    person: str
    locale: Locale
    email: str | None


def accounts(connection: Connection, persons: list[str]) -> dict[str, Account]:
    """The first active account of each person; an office is reached through those who act for it."""
    rows = connection.execute(
        "SELECT DISTINCT ON (who) who, u.locale, u.email FROM unnest(%s::text[]) AS t(who) JOIN app_user u ON u.active"
        " AND (u.person = who OR (who = ANY(u.units) AND 'leading_group' = ANY(u.roles)))"
        " ORDER BY who, (u.person = who) DESC, (u.email IS NULL), u.login",
        (persons,),
    )
    return {who: Account(who, locale, email) for who, locale, email in rows}


def mail_address(connection: Connection, recipient: str, case: str | None) -> str | None:
    """An official's from the account; an applicant's out of the vault, where the application named one."""
    if recipient == APPLICANT:
        return applicant_address(connection, case) if case else None
    account = accounts(connection, [recipient]).get(recipient)
    return account.email if account else None


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
