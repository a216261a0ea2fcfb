"""Which place of objects is meant: a folder, or a bucket by its URL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from aoi_modules.errors import AoiError

EXPECTED = "expected a folder, or s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=NAME"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PARAMETERS = ("endpoint", "region")


@dataclass(frozen=True)
class BucketPlace:
    """A bucket of S3.

    Args:
        bucket: its name.
        prefix: of all objects; empty, or ending in `/`.
        endpoint: `http://HOST:PORT`; None for Amazon's.
        region: None for the configured one.
    """

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None

    @property
    def name(self) -> str:
        """The address, without keys."""
        return f"s3://{self.bucket}/{self.prefix}" + (f" at {self.endpoint}" if self.endpoint else "")


def read_place(where: str, what: str, error: type[AoiError]) -> Path | BucketPlace:
    """Reads a place as people write it.

    Args:
        where: a folder, or `s3://BUCKET/PREFIX`, where PREFIX may be left out, with `endpoint` for another server than
            Amazon's and `region`.
        what: lies there, for messages: `pictures`.
        error: to raise.

    Raises:
        AoiError: of that class: it is neither.
    """
    if "://" not in where:
        return Path(where)
    url = urlsplit(where)
    if "@" in url.netloc:
        raise error(
            f"{what}: {EXPECTED}. Received an address with keys in it, which others would read",
            hint="export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...",
        )
    given = parse_qs(url.query, keep_blank_values=True)
    if url.scheme != "s3" or not _BUCKET.fullmatch(url.netloc) or set(given) - set(_PARAMETERS):
        raise error(f"{what}: {EXPECTED}. Received: {where!r}")
    prefix = url.path.strip("/")
    return BucketPlace(
        url.netloc,
        f"{prefix}/" if prefix else "",
        endpoint=_endpoint(given, what, error),
        region=given["region"][-1] if "region" in given else None,
    )


def _endpoint(given: Mapping[str, list[str]], what: str, error: type[AoiError]) -> str | None:
    if "endpoint" not in given:
        return None
    text = given["endpoint"][-1]
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or "@" in url.netloc:
        raise error(f"{what}: expected endpoint=http://HOST:PORT or https://HOST, without keys")
    return text
