"""VictoriaLogs by HTTP: lines go there by Loki's push protocol, questions are asked in LogsQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import requests

from aoi_modules.closing import Closing
from aoi_modules.errors import LogStoreError
from aoi_modules.first_line import first_line
from aoi_modules.log_store.lines import EVENT, Line

PUSH = f"/insert/loki/api/v1/push?_msg_field={EVENT}"
"""Loki itself has it as /loki/api/v1/push."""
QUERY = "/select/logsql/query"
PAGE = "/select/vmui/"
HEALTH = "/health"
PORT = 9428
SECONDS = 10.0
_REFUSED = (400, 413, 422)
"""The same would be refused again."""
Record = Mapping[str, str]
"""A line as the store gives it back: text by field. `_msg` is what it says, `_time` when."""
_RECORDS = msgspec.json.Decoder(Record)


class Refused(LogStoreError):
    """The store takes no such lines, or understands no such question."""


class LogStore(Closing):
    """A store; a context manager that closes its connections.

    Args:
        url: of the store, such as `http://127.0.0.1:9428`.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment does not lead to this machine

    def push(self, lines: Sequence[Line]) -> None:
        """Sends lines.

        Raises:
            Refused: they arrived and were not taken.
            LogStoreError: they did not arrive.
        """
        streams: defaultdict[tuple[tuple[str, str], ...], list[list[Any]]] = defaultdict(list)
        for line in lines:
            value = [str(line.time_ns), line.text, {"instance": line.instance}]
            streams[tuple(sorted(line.labels.items()))].append(value)
        body = {"streams": [{"stream": dict(labels), "values": values} for labels, values in streams.items()]}
        self._post(PUSH, msgspec.json.encode(body), {"Content-Type": "application/json"})

    def ask(self, query: str, limit: int) -> list[Record]:
        """Asks a question in LogsQL.

        Args:
            query: without a pipe that limits.
            limit: of lines.

        Raises:
            Refused: the store does not understand.
            LogStoreError: it does not answer, or is no such store.
        """
        answer = self._post(QUERY, {"query": query, "limit": str(limit)})
        try:
            return _RECORDS.decode_lines(answer)
        except msgspec.DecodeError:
            raise self._wrong(f"it answered what no log store answers: {answer[:60]!r}") from None

    def close(self) -> None:
        """Closes its connections."""
        self._session.close()

    def _post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> bytes:
        try:
            answer = self._session.post(self.url + path, data=body, headers=headers, timeout=SECONDS)
        except requests.Timeout:
            raise self._wrong(f"no answer within {SECONDS:g} s") from None
        except requests.ConnectionError:
            raise self._wrong("nobody answers there") from None
        except (requests.RequestException, ValueError) as error:  # an address that is none
            raise self._wrong(f"expected an address such as http://127.0.0.1:{PORT}: {first_line(error)}") from None
        if answer.ok:
            return answer.content
        words = f"it answered {answer.status_code}: {answer.text.strip()[:200]}"
        if answer.status_code in _REFUSED:
            raise Refused(f"the log store {self.url}: {words}")
        raise self._wrong(words)

    def _wrong(self, what: str) -> LogStoreError:
        return LogStoreError(
            f"the log store {self.url}: {what}", hint="`aoi line` starts one where VictoriaLogs is installed"
        )
