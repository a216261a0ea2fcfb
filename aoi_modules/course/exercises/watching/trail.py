"""Exercise 10.5: from an inspection to the lines of gateway, model server and sync about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from aoi_modules.course.checks import Hint, kind
from aoi_modules.errors import CourseError
from aoi_modules.study.watching import log_files
from aoi_modules.study.watching.log_files import Line
from aoi_modules.study.watching.log_questions import LogQuestions

EXAMPLE = 'field:="value"'


@dataclass(frozen=True)
class Case:
    """An inspection that somebody asks about.

    Args:
        inspection: its id.
        lines: of all services.
        store: that has the lines, too; None where none is installed.
    """

    inspection: str
    lines: Sequence[Line]
    store: LogQuestions | None

    @classmethod
    def of(cls, dice: Random, lines: Sequence[Line], store: LogQuestions | None) -> "Case":
        """A part of the newer version that the line failed; another one for each trainee.

        Raises:
            CourseError: there is none.
        """
        failed = log_files.having(lines, service="gateway", event="inspected", verdict="FAIL", model="tile", version=2)
        if not failed:
            raise CourseError("no tile was failed by version 2 in this shift", hint="run the shift again")
        return cls(str(dice.choice(failed)["inspection"]), lines, store)

    @property
    def line(self) -> Line:
        """The gateway's line about it."""
        return log_files.having(self.lines, service="gateway", inspection=self.inspection)[0]

    def said(self, event: str) -> Line:
        """What the sync said about the version that answered."""
        about = {"model": self.line["model"], "version": self.line["version"]}
        return log_files.having(self.lines, service="model-sync", event=event, **about)[0]


def check_trail(found: Mapping[str, object]) -> str:
    """Wants the request, the version that answered, since when it was here, and both questions.

    Raises:
        Hint: one of them is another one's.
    """
    case = found["case"]
    if not isinstance(case, Case):
        raise Hint(f"case: found {kind(case)}, expected the one of the cell above; leave it as it is")
    _check_request(case, found["request"])
    _check_version(case, found["version"])
    _check_brought(case, found["brought"])
    _check_logsql(case, found["logsql"])
    _check_logql(case, found["logql"])
    asked = "VictoriaLogs answered your question" if case.store else "the question was read, no log store is here"
    return f"two questions from an inspection to its request and to its version; {asked}"


def _check_request(case: Case, request: object) -> None:
    right = case.line["request_id"]
    if request == case.inspection:
        raise Hint("request: this is the inspection's id; the request has its own, in the same line: request_id")
    if request != right:
        raise Hint(f"request: found {kind(request)}, expected the request_id of the line with that inspection")


def _check_version(case: Case, version: object) -> None:
    if version != case.line["version"] or isinstance(version, bool):
        raise Hint(f"version: found {kind(version)}, expected what the gateway's line says: a number")


def _check_brought(case: Case, brought: object) -> None:
    right = case.said("brought")["timestamp"]
    if brought == right:
        return
    if brought == case.line["timestamp"]:
        raise Hint("brought: that is when the part was inspected; ask the service model-sync")
    if brought == case.said("served")["timestamp"]:
        raise Hint("brought: that is when the sync wrote it into the config (served); its files came before")
    others = log_files.having(case.lines, service="model-sync", event="brought")
    if brought in [one["timestamp"] for one in others]:
        raise Hint("brought: another version or model came then; ask for both, model and version")
    raise Hint(f"brought: found {kind(brought)}, expected the timestamp of the sync's line, as text")


def _check_logsql(case: Case, query: object) -> None:
    right = {str(one["timestamp"]) for one in log_files.having(case.lines, request_id=case.line["request_id"])}
    text = _open("logsql", query)
    if case.store is None:
        _read_logsql(case, text)
        return
    try:
        records = case.store.ask(text)
    except CourseError as error:
        raise Hint(f"logsql: {error.message}") from None
    if not records:
        raise Hint(f"logsql: it finds no line. A field is asked for by its name: {EXAMPLE}")
    others = [one for one in records if one.get("request_id") != case.line["request_id"]]
    if others:
        raise Hint(f"logsql: it finds {len(records)} lines, some of other requests; name the field: {EXAMPLE}")
    if len(records) < len(right):
        raise Hint(f"logsql: it finds {len(records)} of {len(right)} lines; do not ask for one service alone")


def _read_logsql(case: Case, text: str) -> None:
    if str(case.line["request_id"]) not in text or "request_id" not in text:
        raise Hint(f"logsql: expected the field and its value: {EXAMPLE}")
    if "{" in text:
        raise Hint("logsql: braces choose streams by label, and a request is no label")


def _check_logql(case: Case, query: object) -> None:
    """Reads a question in LogQL: a stream first, then the text, then the field."""
    text = _open("logql", query)
    request = str(case.line["request_id"])
    selector, _, rest = text.partition("}")
    if not selector.strip().startswith("{") or not rest:
        raise Hint("logql: it has to begin with a stream's labels in braces: {service=~...}")
    if "request_id" in selector:
        raise Hint(
            "logql: request_id is no label: each request would be a stream of its own. It stands behind the pipe"
        )
    if "service" not in selector:
        raise Hint("logql: choose the streams by their label service")
    if "|" not in rest or "json" not in rest:
        raise Hint("logql: | json makes fields of the line; without it there is no request_id")
    if f'request_id="{request}"' not in rest.replace(" ", "") and f"request_id=`{request}`" not in rest:
        raise Hint(f'logql: expected | request_id="{request}" behind | json')


def _open(name: str, query: object) -> str:
    if not isinstance(query, str):
        raise Hint(f"{name}: found {kind(query)}, expected a question as text")
    if "FILL_IN" in query or not query.strip():
        raise Hint(f"{name}: it is still open; write the question")
    return query
