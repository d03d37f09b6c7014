"""The applicant on a certificate: masked for anybody, committed to for whoever is shown the name, in full on the applicant's own copy.

The full name stays in the vault; erasing the case's key leaves a commitment that nobody can try names against.
"""

from __future__ import annotations

from engine.certificates.content import Issued
from engine.certificates.document import Applicant, Disclosed
from engine.certificates.masking import masked, person_of
from engine.storage.connect import Connection
from engine.vault.sealing import commitment
from engine.vault.store import item_id, reveal_items, subject_secret


def applicant_of(connection: Connection, found: Issued) -> Applicant | None:
    """What the public document says; None where no application names anybody, or the words were erased."""
    disclosed = disclosed_of(connection, found)
    if disclosed is None:
        return None
    return Applicant(masked=masked(disclosed.applicant), commitment=committed(disclosed))


def masked_applicant(connection: Connection, case: str) -> str | None:
    """Who applied in a case, as anybody may see it; None where no message names anybody, or the words were erased."""
    told = connection.execute(
        "SELECT source, message_id FROM entry WHERE stream_id = %s AND kind = 'fact' AND message_id IS NOT NULL ORDER BY version",
        (f"case:{case}",),
    ).fetchall()
    name = _last_named(connection, [item_id(source or "", message_id) for source, message_id in told])
    return masked(name) if name else None


def disclosed_of(connection: Connection, found: Issued) -> Disclosed | None:
    """The name and the salt of its commitment. Whoever calls this records the access."""
    case_id = found.chained[-1][0].stream_id.removeprefix("case:")
    salt = subject_secret(connection, case_id, f"certificate {found.data['number']}")
    name = _name(connection, found)
    return Disclosed(applicant=name, salt=salt.hex()) if name and salt else None


def committed(disclosed: Disclosed) -> str:
    return commitment(bytes.fromhex(disclosed.salt), "applicant", disclosed.applicant)


def _name(connection: Connection, found: Issued) -> str | None:
    """The last one that a message of the case named before the certificate was issued."""
    lines = [line for line, _, _ in found.chained if line.kind == "fact" and line.source and line.message_id]
    return _last_named(connection, [item_id(line.source or "", line.message_id or "") for line in lines])


def _last_named(connection: Connection, items: list[str]) -> str | None:
    revealed = reveal_items(connection, items)
    said = [one.said or {} for item in items if (one := revealed.get(item))]
    names = [person_of(str(words["applicant"])) for words in said if words.get("applicant")]
    return next((name for name in reversed(names) if name), None)
