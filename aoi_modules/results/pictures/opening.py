"""Which store of pictures is meant: a folder, or a bucket by its URL."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from aoi_modules.errors import ResultsError
from aoi_modules.results.pictures.folder import FolderShelf
from aoi_modules.results.pictures.s3 import S3Shelf
from aoi_modules.results.pictures.store import PictureStore, Shelf

EXPECTED = "expected a folder, or s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=NAME"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PARAMETERS = ("endpoint", "region")


def open_store(where: str | Path) -> PictureStore:
    """Opens a store of pictures. What is wrong with the place itself is told when it is used.

    Args:
        where: a folder, or `s3://BUCKET/PREFIX`, where PREFIX may be left out, with `endpoint` for another server than
            Amazon's and `region`. Keys come from the environment or from `~/.aws`, as boto3 finds them.

    Raises:
        ResultsError: it is neither.
        MissingExtra: boto3 is not installed.
    """
    return PictureStore(_shelf(str(where)))


def check_place(where: str) -> None:
    """Makes sure that a place can be meant, before anything starts.

    Raises:
        ResultsError: it is neither a folder nor a bucket.
        MissingExtra: boto3 is not installed.
    """
    _shelf(where).close()


def _shelf(where: str) -> Shelf:
    if "://" not in where:
        return FolderShelf(Path(where))
    url = urlsplit(where)
    if "@" in url.netloc:
        raise ResultsError(
            f"pictures: {EXPECTED}. Received an address with keys in it, which others would read",
            hint="export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...",
        )
    given = parse_qs(url.query, keep_blank_values=True)
    if url.scheme != "s3" or not _BUCKET.fullmatch(url.netloc) or set(given) - set(_PARAMETERS):
        raise ResultsError(f"pictures: {EXPECTED}. Received: {where!r}")
    prefix = url.path.strip("/")
    return S3Shelf(
        url.netloc,
        f"{prefix}/" if prefix else "",
        endpoint=_endpoint(given["endpoint"][-1]) if "endpoint" in given else None,
        region=given["region"][-1] if "region" in given else None,
    )


def _endpoint(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or "@" in url.netloc:
        raise ResultsError("pictures: expected endpoint=http://HOST:PORT or https://HOST, without keys")
    return text
