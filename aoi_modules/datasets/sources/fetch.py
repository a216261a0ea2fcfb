"""Brings a set into the cache: download, check, rename."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aoi_modules.datasets.sources import ledger
from aoi_modules.datasets.sources.archive import unpack
from aoi_modules.datasets.sources.catalogue import DataSet, RemoteArchive, RemoteFile
from aoi_modules.datasets.sources.download import download
from aoi_modules.datasets.sources.lock import alone
from aoi_modules.datasets.sources.verification import LEDGER, inspect
from aoi_modules.errors import DataError
from aoi_modules.machine import disk

WAIT_FOR_OTHERS = 900.0
"""Seconds to wait for another process that downloads the same set."""
DOWNLOADS = ".downloads"
"""Folder below the cache for archives and files that are not whole yet."""


def cached(dataset: DataSet, cache_dir: Path) -> Path | None:
    """Gives the set's folder in the cache; None unless it is there whole."""
    root = cache_dir / dataset.name
    if isinstance(dataset.remote, RemoteArchive):
        return root if root.is_dir() else None
    return root if all((root / file.name).exists() for file in dataset.remote) else None


def fetch(dataset: DataSet, cache_dir: Path) -> Path:
    """Downloads what is missing and returns the set's folder in the cache.

    Raises:
        DataError: the set cannot be downloaded, or the cache cannot be written.
        ChecksumError: upstream gave something else than it should.
    """
    with _alone_in(cache_dir, dataset):
        root = cached(dataset, cache_dir)
        if root is not None:
            return root
        if isinstance(dataset.remote, RemoteArchive):
            return _fetch_archive(dataset, dataset.remote, cache_dir)
        root = cache_dir / dataset.name
        return _fetch_files(tuple(file for file in dataset.remote if not (root / file.name).exists()), root)


def repair(dataset: DataSet, cache_dir: Path) -> Path:
    """Downloads again what is damaged in the cache; what was there stays until its successor is whole.

    Raises:
        DataError: as `fetch`.
        ChecksumError: as `fetch`.
    """
    root = cache_dir / dataset.name
    with _alone_in(cache_dir, dataset):
        if isinstance(dataset.remote, RemoteArchive):
            return _fetch_archive(dataset, dataset.remote, cache_dir)
        damaged = tuple(file for file in dataset.remote if ledger.file_sum(root / file.name) != file.sha256)
        return _fetch_files(damaged, root)


@contextmanager
def _alone_in(cache_dir: Path, dataset: DataSet) -> Iterator[None]:
    """Lets one process at a time work on the set's folder; says so when the cache cannot be written."""
    with alone(cache_dir / DOWNLOADS / f"{dataset.name}.lock", WAIT_FOR_OTHERS):
        try:
            yield
        except OSError as error:  # what the network or the archive has done is an error of ours by now
            hint = disk.way_out(error, "set AOI_CACHE_DIR to a place that can be written to and has room")
            raise DataError(disk.trouble(error, cache_dir, "cannot be used"), hint=hint) from None


def _fetch_files(files: tuple[RemoteFile, ...], root: Path) -> Path:
    for file in files:
        download(file.urls, root / file.name, sha256=file.sha256, size=file.size)
    return root


def _fetch_archive(dataset: DataSet, remote: RemoteArchive, cache_dir: Path) -> Path:
    """The set's folder appears, or is replaced, only after everything in the new one was looked at."""
    archive = cache_dir / DOWNLOADS / f"{dataset.name}-{remote.commit[:12]}.zip"
    new = cache_dir / DOWNLOADS / f"{dataset.name}.new"
    root = cache_dir / dataset.name
    shutil.rmtree(new, ignore_errors=True)
    download(remote.urls, archive, sha256=None, size=remote.size)
    try:
        unpack(archive, remote, dataset.members(), new)
        ledger.write(new / LEDGER, inspect(dataset, new))
        shutil.rmtree(root, ignore_errors=True)
        new.rename(root)
    finally:
        archive.unlink()
        shutil.rmtree(new, ignore_errors=True)
    return root
