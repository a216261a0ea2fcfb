"""A million inspections copied into one file and back: how long that takes, and whether anything is missing then.

    .venv/bin/python -m benchmarks.backup --database build/million.sqlite
    .venv/bin/python -m benchmarks.backup --postgresql

The database is filled as in `benchmarks.quality`, every tenth part judged. Then people's commands run, without
pictures: `aoi results backup`, and `aoi results restore` into an empty place. The rows of all tables are counted before
and after, and a checksum of each table is compared. The bounds are 60 s and 120 s, for 10^6 inspections.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.quality import judge
from benchmarks.results import fill, options
from tests.postgresql import running_postgresql
from tests.results.table_contents import Content, contents

BACKUP_SECONDS, RESTORE_SECONDS = 60.0, 120.0
AOI = (sys.executable, "-c", "from aoi_modules.cli import main; main()")


def main() -> None:
    chosen = options(__doc__)
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        old, new = places(chosen, folder, held)
        asyncio.run(fill(old, chosen.rows))
        asyncio.run(judge(old))
        before = asyncio.run(contents(old))
        file = folder / "backup.tar"
        saved = seconds("backup", file, "--no-pictures", "--results", folder / "old", "--database", old)
        restored = seconds("restore", file, "--results", folder / "new", "--database", new)
        show(file.stat().st_size, saved, restored, before, asyncio.run(contents(new)))


def places(chosen: argparse.Namespace, folder: Path, held: ExitStack) -> tuple[str, str]:
    """Where the database is, and an empty place of its kind."""
    if chosen.postgresql:
        server = held.enter_context(running_postgresql())
        return server.new_database(), server.new_database()
    return chosen.database or str(folder / "old.sqlite"), str(folder / "new.sqlite")


def seconds(*words: object) -> float:
    """How long a command of `aoi results` takes, its start included."""
    began = time.perf_counter()
    subprocess.run([*AOI, "results", *map(str, words)], check=True)
    return time.perf_counter() - began


def show(size: int, saved: float, restored: float, before: Content, after: Content) -> None:
    rows = ", ".join(f"{count} {name}" for name, (count, _) in before.items() if count)
    print(f"{rows}; a file of {size / 1e6:.0f} MB")
    for what, took, most in (("backup", saved, BACKUP_SECONDS), ("restore", restored, RESTORE_SECONDS)):
        print(f"{what:8}{took:8.1f} s, bound {most:.0f} s: {'ok' if took < most else 'missed'}")
    wrong = [name for name in before if before[name] != after[name]]
    print(f"missing or changed: {', '.join(wrong) or 'nothing'}")


if __name__ == "__main__":
    main()
