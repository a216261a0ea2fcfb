"""Finds a data set in mirror, cache, system, by download, or draws a stand-in. What it gives is verified."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aoi_modules.datasets.sources import fetch as fetching
from aoi_modules.datasets.sources import ledger
from aoi_modules.datasets.sources.catalogue import DataSet, by_name
from aoi_modules.datasets.sources.verification import ledger_path, verify
from aoi_modules.errors import DataError
from aoi_modules.modelstore.manifest import DataOrigin
from aoi_modules.progress import Say, say
from aoi_modules.settings import Settings, settings

Place = Literal["mirror", "cache", "system", "download", "stand-in"]
REJECTED = "rejected"
"""File in the cache: folders, one a line, in which `repair` found damage that only their owner can remove."""


@dataclass(frozen=True)
class Found:
    """Where a set is.

    Args:
        name: of the set.
        root: its folder; None for a stand-in, which is drawn in memory.
        place: which kind of place that is; `download` when it came into the cache just now.
        origin: what reports and manifests say about it.
    """

    name: str
    root: Path | None
    place: Place
    origin: DataOrigin


def find(dataset: str | DataSet, *, given: Settings | None = None, log: Say = say) -> Found:
    """Finds a set, downloads it if it is nowhere, and verifies every file.

    Args:
        dataset: name, or an entry of the catalogue.
        given: settings; None takes this process's.
        log: told in one line when a stand-in is used, and why.

    Raises:
        ChecksumError: a file of the set is damaged. It is never used, and never silently replaced.
        DataError: unknown name, or a file cannot be read.
    """
    wanted, given = _entry(dataset), given or settings()
    place, root = locate(wanted, given=given)
    if root is None and not given.offline:
        try:
            place, root = "download", fetching.fetch(wanted, given.cache_dir)
        except DataError as error:
            log(f"{wanted.name}: {error.message}")
    if root is None:
        log(f"{wanted.name}: using drawn stand-in data{' (AOI_OFFLINE is set)' if given.offline else ''}")
        return Found(wanted.name, None, "stand-in", _stand_in(wanted))
    sums = verify(wanted, root, given.cache_dir)
    return Found(wanted.name, root, place, _real(wanted, sums))


def locate(dataset: str | DataSet, *, given: Settings | None = None) -> tuple[Place, Path | None]:
    """Finds the first place that has the set, or a part of it; never downloads or verifies."""
    wanted, given = _entry(dataset), given or settings()
    rejected = _rejected(given.cache_dir)
    for place, root in places(wanted, given):
        if str(root) not in rejected and any((root / name).exists() for name in wanted.files(root)):
            return place, root
    return "stand-in", None


def places(dataset: DataSet, given: Settings) -> list[tuple[Place, Path]]:
    """Lists the folders to look into, in order."""
    found: list[tuple[Place, Path]] = []
    if given.data_dir is not None:
        found.append(("mirror", given.data_dir / dataset.name))
    whole = fetching.cached(dataset, given.cache_dir)
    if whole is not None:  # a download that was cut off is no place yet: fetch goes on with it
        found.append(("cache", whole))
    if dataset.system_dir is not None:
        found.append(("system", dataset.system_dir))
    return found


def fingerprint(dataset: str | DataSet, *, given: Settings | None = None) -> str:
    """Gives a SHA-256 that changes with the content that `find` would use. Reads all files; never downloads."""
    wanted, given = _entry(dataset), given or settings()
    _, root = locate(wanted, given=given)
    if root is None:
        return _stand_in(wanted).sha256
    return ledger.digest(ledger.measure(root, wanted.files(root)))


def repair(dataset: str | DataSet, *, given: Settings | None = None, log: Say = say) -> Found:
    """Makes a damaged set usable: repairs the cache; passes over a damaged folder that is not ours from now on.

    Looks at every place afresh, so a mirror that its owner has repaired is used again.

    Raises:
        DataError: nothing is whole and the download failed; nothing was changed then.
    """
    wanted, given = _entry(dataset), given or settings()
    damaged: list[Path] = []
    for place, root in places(wanted, given):
        if not any((root / name).exists() for name in wanted.files(root)):
            continue
        # Checksums that were only observed at first use are observed anew: the pictures are decoded again.
        if place != "cache":
            ledger_path(root, given.cache_dir).unlink(missing_ok=True)
        try:
            sums = verify(wanted, root, given.cache_dir)
        except DataError as error:
            log(f"{place}: {error.message}")
            if place != "cache":
                damaged.append(root)
            continue
        _reject(wanted, damaged, given, log)
        return Found(wanted.name, root, place, _real(wanted, sums))
    if given.offline:
        raise DataError(
            f"{wanted.name}: no whole copy found, and AOI_OFFLINE forbids a download", hint="unset AOI_OFFLINE"
        )
    root = fetching.repair(wanted, given.cache_dir)
    _reject(wanted, damaged, given, log)
    sums = verify(wanted, root, given.cache_dir)
    return Found(wanted.name, root, "download", _real(wanted, sums))


def _reject(dataset: DataSet, damaged: list[Path], given: Settings, log: Say) -> None:
    """Remembers which folders of this set to pass over; folders that are whole again are forgotten."""
    own = {str(root) for _, root in places(dataset, given)}
    keep = (_rejected(given.cache_dir) - own) | {str(root) for root in damaged}
    path = given.cache_dir / REJECTED
    if keep or path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{root}\n" for root in sorted(keep)))
    for root in damaged:
        log(f"{root} is not ours to repair; it is not used until its owner has repaired it and --repair has run again")


def _rejected(cache_dir: Path) -> set[str]:
    path = cache_dir / REJECTED
    return set(path.read_text().splitlines()) if path.is_file() else set()


def _entry(dataset: str | DataSet) -> DataSet:
    return by_name(dataset) if isinstance(dataset, str) else dataset


def _real(dataset: DataSet, sums: ledger.Sums) -> DataOrigin:
    return DataOrigin(name=dataset.name, sha256=ledger.digest(sums), stand_in=False)


def _stand_in(dataset: DataSet) -> DataOrigin:
    """A stand-in is the same everywhere, so its version names it."""
    text = f"stand-in {dataset.name} {dataset.stand_in_version}"
    return DataOrigin(name=dataset.name, sha256=hashlib.sha256(text.encode()).hexdigest(), stand_in=True)
