"""Letters to a webhook: one signed POST after the other, over one connection that is kept."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import urllib3

from aoi_modules.errors import ResultsError
from aoi_modules.first_line import distrust
from aoi_modules.machine import disk
from aoi_modules.results.database.outbox import Letter
from aoi_modules.results.sinks.delivery import TAKEN, Answer, Delivery, Fate
from aoi_modules.results.sinks.signature import headers, read_secrets
from aoi_modules.results.sinks.trust import trusting

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
LONGEST_PAUSE = 3600.0
"""Seconds, whatever Retry-After says."""
_LATER = (425, 429)
_PERHAPS_ABOUT_THE_LETTER = (401, 403, 404, 407, 408)
"""What a receiver says while it is set up or moved: it may be mended, and it may be about the letter. So may 5xx."""
_BROKE = (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.ProtocolError)
"""The letter got there, and no answer came: the receiver went down, perhaps by this letter."""
_MOST_WORDS = 2048
"""Bytes of a receiver's answer that are read."""


class Webhook:
    """One webhook.

    Any 2xx takes a letter. Where there is no connection, and after 425 and 429, nothing is known about the letter, and
    it is tried again. Redirects, 401, 403, 404, 407, 408, 5xx, and a receiver that hangs up or says nothing hold it: it
    is tried again, too, but not for ever if the receiver takes others. Pauses are those of Retry-After where it says
    so. Any other 4xx refuses the letter for ever.

    Args:
        url: of the webhook.
        secret_file: see `signature`.
        ca_file: certificates to trust; None for the system's.
    """

    at_once = 20

    def __init__(self, url: str, secret_file: str, ca_file: str | None = None) -> None:
        self._url = url
        self._name = f"the webhook at {urlsplit(url).netloc}"  # the path may be a secret of both sides
        self._secret_file = Path(secret_file)
        self._ca_file = ca_file
        self._pool: urllib3.PoolManager | None = None

    async def deliver(self, letters: Sequence[Letter]) -> Delivery:
        """Sends letters until one is not taken."""
        answers: list[Answer | None] = []
        for letter in letters:
            one = await asyncio.to_thread(self._post, letter)
            answers += one.answers
            if one.away:
                return Delivery([*answers, *[None] * (len(letters) - len(answers))], one.away, one.pause)
        return Delivery(answers)

    async def close(self) -> None:
        """Closes the connection."""
        if self._pool is not None:
            self._pool.clear()

    def _post(self, letter: Letter) -> Delivery:
        body = letter.message.encode()
        try:
            signed = headers(read_secrets(self._secret_file), letter.about, int(time.time()), body)
            response = self._connections().request(
                "POST",
                self._url,
                body=body,
                headers={"content-type": "application/json", "user-agent": "aoi-academy", **signed},
                redirect=False,
                preload_content=False,
            )
            words = _words(response)
        except ResultsError as error:
            return Delivery([None], away=error.message)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if why := distrust(error):
                return Delivery([None], away=f"{self._name}: its certificate is not trusted: {why}")
            said = f"{self._name} does not answer: {_cause(error)}"
            return Delivery([Answer(Fate.HELD, said) if isinstance(error, _BROKE) else None], away=said)
        return self._read(response, words)

    def _connections(self) -> urllib3.PoolManager:
        """The one connection, made again where it broke."""
        if self._pool is None:
            trusted = trusting(self._ca_file) if self._url.startswith("https:") else None
            timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
            self._pool = urllib3.PoolManager(1, maxsize=1, ssl_context=trusted, retries=False, timeout=timeout)
        return self._pool

    def _read(self, response: urllib3.BaseHTTPResponse, words: str) -> Delivery:
        """What the receiver's answer means."""
        status, pause = response.status, retry_after(response.headers.get("retry-after"))
        said = f"{self._name} says {status} {_phrase(status)}{f': {words}' if words else ''}"
        if 200 <= status < 300:
            return Delivery([TAKEN])
        if status in _PERHAPS_ABOUT_THE_LETTER or 300 <= status < 400 or status >= 500:
            location = response.headers.get("location")
            said = f"{said}; it is at {location}" if location else said
            return Delivery([Answer(Fate.HELD, said)], away=said, pause=pause)
        if status in _LATER or status < 200:
            return Delivery([None], away=said, pause=pause)
        return Delivery([Answer(Fate.REFUSED, said)])


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Reads Retry-After, in seconds or as a date, as seconds; None where it is none."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return min(float(value), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    seconds = (moment.astimezone(UTC) - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def _words(response: urllib3.BaseHTTPResponse) -> str:
    """The first line of the answer; the connection is kept only if there is no more than is read."""
    content = response.read(_MOST_WORDS)
    if response.read(1):
        response.close()
    response.release_conn()
    return next(iter(content.decode(errors="replace").strip().splitlines()), "")[:200]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _cause(error: Exception) -> str:
    """The system's words, which urllib3 has in one place or another."""
    found = next((one for one in (error, *error.args, error.__cause__) if isinstance(one, OSError)), None)
    if isinstance(found, TimeoutError) or (found is None and isinstance(error, urllib3.exceptions.TimeoutError)):
        return "nothing came in time"
    return disk.words(found) if found is not None else str(error).partition("\n")[0]
