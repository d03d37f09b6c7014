from __future__ import annotations
import msgspec
class Finding(msgspec.Struct, frozen=True):
    kind: str
    place: str
    stream_id: str
    expected: str
    found: str
