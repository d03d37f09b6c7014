"""Is a package what was sealed? Hashes, signature, chains of the ledger, and every byte of the archive itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from engine.certificates.signing import PublicKey
from engine.evidence.package import BESIDE, FORM, MANIFEST, SIGNATURE, About, Manifest, archive, listing

Signature = Literal["valid", "altered", "unknown_key"]


class Verdict(msgspec.Struct, frozen=True):
    """`faults` name what does not agree: paths, or `archive` where the bytes around the files were touched."""

    signature: Signature
    faults: tuple[str, ...] = ()
    about: About | None = None

    @property
    def holds(self) -> bool:
        return self.signature == "valid" and not self.faults


def verify(content: bytes, keys: Sequence[PublicKey]) -> Verdict:
    """`keys`: those one trusts. A package signed with another is `unknown_key`, whatever key lies in it."""
    try:
        files = _read(content)
        manifest = msgspec.json.decode(files[MANIFEST], type=Manifest)
        value = files[SIGNATURE].decode("ascii")
    except Exception:  # noqa: BLE001 - a damaged archive fails in as many ways as it has bytes
        return Verdict("altered", ("archive",))
    faults = tuple(_faults(content, files, manifest))
    key = next((key for key in keys if key.kid == manifest.kid), None)
    if manifest.form != FORM or key is None or key.compromised_at is not None:
        return Verdict("unknown_key", faults, manifest.about)
    genuine = key.verifies(files[MANIFEST], value)
    return Verdict("valid" if genuine else "altered", faults, manifest.about)


def _read(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        return {name: found.read(name) for name in found.namelist()}


def _faults(content: bytes, files: Mapping[str, bytes], manifest: Manifest) -> list[str]:
    listed = {one.path: one for one in manifest.files}
    wrong = [path for path, one in listed.items() if path not in files or listing(path, files[path]) != one]
    wrong += [path for path in files if path not in listed and path not in BESIDE]
    # What no hash covers, the headers of the archive, is written the one way there is.
    return sorted(wrong) or ([] if archive(files) == content else ["archive"])
