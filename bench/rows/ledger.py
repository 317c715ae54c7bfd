"""Durable appends to the ledger, beside bare SQLite commits on the same disk."""
import sqlite3
import time

from .figures import Figure
from .machine import load

SECONDS = 3


def rows(bench):
    """One after the other, and sixty-four at once."""
    with bench.folder_for("ledger") as folder:
        bare = bare_commits(folder / "bare.db")
        seen = bench.measure("ledger", folder, SECONDS)
    alone, together = (seen[kind]["count"] / seen[kind]["seconds"] for kind in ("alone", "together"))
    used = seen["together"]["processorSeconds"] / seen["together"]["count"] * 1e6
    notes = [
        f"{SECONDS} s each; an append returns when its record is on the disk; {seen['verified']:,} verified then",
        f"{used:.0f} us of processor a record with 64 at once: JSON, hash chain, signature of each commit",
        "peer: SQLite from Python, WAL, synchronous=FULL, one record of 900 bytes a commit, no chain and no signature",
        load(),
    ]
    command = f"CordonBenchmarks ledger FOLDER {SECONDS}"
    return [
        Figure("ledger", "ledger appends/s, one at a time", f"{alone:,.0f}", f"SQLite {bare:,.0f}", alone / bare,
               command=command, notes=notes, raw=seen),
        Figure("ledger", "ledger appends/s, 64 at once", f"{together:,.0f}", f"SQLite {bare:,.0f}", together / bare,
               command=command),
    ]


def bare_commits(file):
    """Commits a second of SQLite alone."""
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("CREATE TABLE records (n INTEGER PRIMARY KEY, body BLOB)")
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        database.execute("INSERT INTO records (body) VALUES (?)", (b"x" * 900,))
        count += 1
    seconds = time.perf_counter() - started
    database.close()
    return count / seconds
