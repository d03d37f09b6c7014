"""The peer of single facts: committed single-row inserts of the same PostgreSQL, by its own load generator."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench.installation import Installation
from bench.sending import BenchError
from engine.embedded.postgres import installed_programs

CONNECTIONS = 8
_TABLE = """
CREATE TABLE IF NOT EXISTS bench_row (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp()
)"""
_INSERT = """\\set n random(1, 1000000000)
INSERT INTO bench_row (body) VALUES (jsonb_build_object('id', 'case-' || :n, 'type', 'application.accepted', 'source', 'hall',
 'time', '2026-03-02T09:00:00+08:00', 'data', '{"holder": "officer-7", "applicant": "x", "window": "A3"}'::jsonb));
"""
_RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)


def inserts_per_second(installation: Installation, seconds: int) -> float:
    """pgbench in C with prepared statements and 8 connections, each insert a transaction of its own."""
    script = Path(installation.data.root) / "insert.sql"
    script.write_text(_INSERT)
    with installation.owner() as connection:
        connection.execute(_TABLE)
    address = urlsplit(installation.url())
    command = [
        *(str(installed_programs() / "pgbench"), "-n", "-M", "prepared", "-f", str(script), "-T", str(seconds)),
        *(
            "-c",
            str(CONNECTIONS),
            "-j",
            "2",
            "-h",
            str(address.hostname),
            "-p",
            str(address.port),
            "-U",
            str(address.username),
        ),
        address.path.lstrip("/"),
    ]
    environment = {**os.environ, "PGPASSWORD": unquote(address.password or "")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = _RATE.search(done.stdout)
    if found is None:
        raise BenchError(f"pgbench: {done.stderr}")
    return float(found[1])
