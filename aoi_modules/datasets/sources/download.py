"""Downloads one file: whole and right, or not at all. Resumes, retries, and gives up in bounded time.

The bytes go to `<name>.part`, which is hashed when it is whole and renamed into place only if the checksum fits.
"""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ChunkedEncodingError, ConnectTimeout, RequestException
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError

from aoi_modules.datasets.sources.ledger import file_sum
from aoi_modules.errors import ChecksumError, DataError
from aoi_modules.progress import Advance, progress

TIMEOUT = (4.0, 30.0)
"""Seconds to wait for a connection, and for the next bytes of one that stands."""
RESOLVE_TIMEOUT = 4.0
"""Seconds to wait for the address of a host: no timeout of requests covers that."""
ATTEMPTS = 5
"""Connections to try while bytes keep coming; a server that gives none is tried twice."""
_BLOCK = 1 << 18


class _TryAgain(Exception):
    """This connection ended too early; `hopeless` when waiting would not help."""

    def __init__(self, reason: object, *, hopeless: bool = False) -> None:
        super().__init__(str(reason))
        self.hopeless = hopeless


def download(
    urls: Sequence[str],
    target: Path,
    *,
    sha256: str | None,
    size: int = 0,
    timeout: tuple[float, float] = TIMEOUT,
    wait: Callable[[float], None] = time.sleep,
) -> str:
    """Downloads `target` from the first of `urls` that gives it, and returns its SHA-256.

    Args:
        urls: the same file at several places.
        target: the finished file; its folder is made.
        sha256: what the content must be; None takes what comes (the caller then checks the content itself).
        size: expected bytes, for the progress bar.
        timeout: seconds to connect, seconds between two pieces.
        wait: sleeps some seconds between two tries.

    Raises:
        DataError: no place gave the file.
        ChecksumError: a place gave something else; nothing is left of it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    for url in urls:
        try:
            return _from_one_place(url, target, sha256, size, timeout, wait)
        except (RequestException, _TryAgain) as error:
            failures.append(f"{url}: {error}")
    raise DataError(
        f"{target.name} could not be downloaded: {'; '.join(failures)}",
        hint="check the network, or put the file into a mirror and set AOI_DATA_DIR",
    )


def reachable(url: str) -> bool:
    """Asks whether a server answers at `url`, within seconds. Ask before a library downloads without a timeout."""
    try:
        _resolve(url)
        return requests.head(url, timeout=TIMEOUT[0], allow_redirects=True).ok
    except (RequestException, _TryAgain):  # only whether it answers was asked
        return False


def _from_one_place(
    url: str,
    target: Path,
    sha256: str | None,
    size: int,
    timeout: tuple[float, float],
    wait: Callable[[float], None],
) -> str:
    part = target.with_name(f"{target.name}.part")
    resumed = part.exists()
    _fetch_all(url, part, size, timeout, wait)
    found = file_sum(part)
    if sha256 not in (None, found):
        part.unlink()
        if resumed:  # the old beginning may be to blame, so the file gets one clean try
            return _from_one_place(url, target, sha256, size, timeout, wait)
        raise ChecksumError(url, expected=str(sha256), found=found, repair="download again, or use a mirror")
    part.replace(target)
    return found


def _fetch_all(url: str, part: Path, size: int, timeout: tuple[float, float], wait: Callable[[float], None]) -> None:
    """Connects until the server says that the file is whole."""
    _resolve(url)
    start = part.stat().st_size if part.exists() else 0
    with progress(f"download {urlsplit(url).path.rpartition('/')[2]}", size, done=start) as advance:
        fruitless = 0
        for attempt in range(ATTEMPTS):
            before = part.stat().st_size if part.exists() else 0
            try:
                _fetch_rest(url, part, timeout, advance)
                return
            except _TryAgain as error:
                grew = part.exists() and part.stat().st_size > before
                fruitless = 0 if grew else fruitless + 1
                if error.hopeless or fruitless == 2 or attempt == ATTEMPTS - 1:
                    raise
                wait(min(0.5 * 2**attempt, 8.0))


def _fetch_rest(url: str, part: Path, timeout: tuple[float, float], advance: Advance) -> None:
    """One connection: asks for what is missing and appends it.

    Raises:
        _TryAgain: the connection failed or ended early.
        requests.HTTPError: the server refuses, and would again.
    """
    have = part.stat().st_size if part.exists() else 0
    # Identity: a .gz file must arrive as it is stored, not unpacked on the way.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=timeout) as response:
            if response.status_code == 416:
                part.unlink()
                raise _TryAgain("the server has fewer bytes than were there")
            if response.status_code == 429 or response.status_code >= 500:
                raise _TryAgain(f"HTTP {response.status_code} {response.reason}")
            response.raise_for_status()
            resumes = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            with part.open("ab" if response.status_code == 206 and resumes else "wb") as file:
                for block in response.raw.stream(_BLOCK, decode_content=False):
                    file.write(block)
                    advance(len(block))
    except ConnectTimeout:
        raise _TryAgain(f"no connection within {timeout[0]:g} s", hopeless=True) from None
    except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError, HTTPError) as error:
        raise _TryAgain(_reason(error)) from None


def _resolve(url: str) -> None:
    """Fails soon when the host, or the proxy on the way to it, has no address.

    Raises:
        _TryAgain: no address, or no answer in time.
    """
    proxy = select_proxy(url, get_environ_proxies(url))
    host = urlsplit(proxy or url).hostname
    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(socket.getaddrinfo(host, None))
        except OSError as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(RESOLVE_TIMEOUT)
    if not answer or isinstance(answer[0], OSError):
        raise _TryAgain(f"no address for {host}", hopeless=True)


def _reason(error: BaseException) -> str:
    """The innermost sentence of a nested connection error."""
    cause = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    return _reason(cause) if isinstance(cause, BaseException) else str(error)
