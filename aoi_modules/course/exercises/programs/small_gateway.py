"""A reader's gateway, run for real: it gets pictures, its model server goes away and comes back, each answer counts.

Between the gateway and the lesson's model server stands a relay. It shows which model was asked. It can go away, too:
then nobody listens at the address that the gateway knows, just as when a server dies.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.calls import PREDICT
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.fields import fields
from aoi_modules.errors import CourseError
from aoi_modules.first_line import first_line
from aoi_modules.modelstore.layout import MANIFEST_SIGNATURE
from aoi_modules.study.traffic.grpc_relay import GrpcRelay
from aoi_modules.study.traffic.served_app import ServedApp
from aoi_modules.verdict import Limits, Verdict, judge_part, judge_score
from aoi_modules.wire.messages import PredictRequest

PATIENCE = 5.0
"""Seconds that an answer may take, and within which a server that came back has to be met."""
UNKNOWN = "resistor"
NO_PICTURE = b"this is not a picture"


@dataclass(frozen=True)
class Part:
    """A part that is sent, and what has to come back.

    Args:
        component: by which the gateway is asked.
        model: that has to be asked.
        picture: encoded.
        scores: the model's own, by head.
        limits: by head, from the model's manifest.
    """

    component: str
    model: str
    picture: bytes
    scores: Mapping[str, float]
    limits: Mapping[str, Limits]

    @property
    def verdict(self) -> Verdict:
        """The worst of the heads' verdicts."""
        return judge_part(judge_score(self.scores[head], limits) for head, limits in self.limits.items())

    def mistaken(self) -> dict[str, Verdict]:
        """Verdicts of typical mistakes, by what was done."""
        first = next(iter(self.limits))
        same = {head: Limits(0.5) for head in self.limits}
        swapped = {Verdict.PASS: Verdict.FAIL, Verdict.FAIL: Verdict.PASS, Verdict.REVIEW: Verdict.REVIEW}
        return {
            "judged by 0.5, expected the thresholds that the model's manifest carries": judge_part(
                judge_score(self.scores[head], limits) for head, limits in same.items()
            ),
            "judged by the first head alone, expected the worst verdict of all heads": judge_score(
                self.scores[first], self.limits[first]
            ),
            "the wrong way round: a score OVER its threshold fails": swapped[self.verdict],
        }


def check_gateway(answer: object) -> str:
    """Runs the gateway that `door(gateway(address).reply_to)` makes, through a small day of a line.

    Raises:
        Hint: an answer is not what a line needs; names the mistake.
    """
    found = fields(answer, ("server", "routes", "pictures", "door", "gateway"))
    door, gateway = found["door"], found["gateway"]
    if not callable(gateway):
        raise Hint(f"gateway: found {kind(gateway)}, expected the class itself, without brackets behind its name")
    if not callable(door):
        raise Hint(f"door: found {kind(door)}, expected the function of the lesson; leave it as it is")
    server, parts = parts_of(found["server"], found["routes"], found["pictures"])
    with GrpcRelay(server) as relay, _serving(door, gateway, relay.address) as app:
        line = _Camera(app)
        for part in parts:
            _check_part(line, part, relay)
        _check_refusals(line, parts[0])
        _check_away(line, parts[0], relay)
    return f"{len(parts)} parts judged, two requests refused, 503 while the model server was away, and back by itself"


class _Camera:
    """Sends pictures to the gateway, as a station of the line does."""

    def __init__(self, app: ServedApp) -> None:
        self._app = app

    def send(self, component: str, picture: bytes) -> requests.Response:
        """The answer.

        Raises:
            Hint: none came in time.
        """
        url = f"{self._app.url}/v1/inspect/{component}"
        try:
            with requests.Session() as session:
                session.trust_env = False  # a proxy meant for the web does not know this machine's ports
                return session.post(url, data=picture, timeout=PATIENCE)
        except requests.Timeout:
            advice = "give the call to the model server a timeout, and 0 retries"
            raise Hint(f"{component}: no answer within {PATIENCE:g} s; {advice}") from None
        except requests.ConnectionError as error:
            raise Hint(f"{component}: the gateway broke the connection: {error}") from None

    def words(self, answer: requests.Response) -> str:
        """Status and words of an answer, and of a 500 the fault behind it."""
        if answer.status_code == 500 and self._app.faults:
            fault = self._app.faults[-1]
            return f"500, because nobody caught {type(fault).__name__}: {first_line(fault)}"
        return f"{answer.status_code} {answer.text[:120]}"


def parts_of(server: object, routes: object, pictures: object) -> tuple[str, list[Part]]:
    """The model server of the task, and its parts with what the models themselves say about them.

    Raises:
        Hint: these are not those of the task.
    """
    if not isinstance(server, str) or not isinstance(routes, dict) or not isinstance(pictures, dict) or not routes:
        raise Hint("server, routes, pictures: these belong to the task; leave them as they are")
    if set(routes) != set(pictures):
        raise Hint(f"routes: found the components {', '.join(routes)}, expected {', '.join(pictures)}; leave them")
    parts = []
    for component, model in routes.items():
        with GrpcClient(Endpoint(server, model)) as client:
            limits = {head.name: head.limits for head in client.manifest().heads if head.limits}
            for picture in pictures[component]:
                found = client.predict_pictures([picture]).scores
                scores = {head: float(found[head][0, 0]) for head in limits}
                parts.append(Part(component, model, picture, scores, limits))
    return server, parts


def _serving(door: Callable[..., Any], gateway: Callable[[str], Any], address: str) -> ServedApp:
    """The reader's gateway, started."""
    try:
        app = door(gateway(address).reply_to)
    except Exception as fault:  # a reader's code can break in any way; the hint says which
        raise Hint(f"gateway(address) raised {type(fault).__name__}: {first_line(fault)}") from None
    try:
        return ServedApp(app)
    except CourseError as error:
        raise Hint(error.message) from None


def _check_part(line: _Camera, part: Part, relay: GrpcRelay) -> None:
    before = len(relay.calls)
    answer = line.send(part.component, part.picture)
    if answer.status_code != 200:
        raise Hint(f"{part.component}: found {line.words(answer)}; expected 200 and a verdict")
    _check_asked(part, relay, before)
    verdict = _verdict_of(part.component, answer)
    if verdict == part.verdict.value:
        return
    said = f"{part.component}: found {verdict} for scores {_rounded(part.scores)}, expected {part.verdict}"
    for why, mistaken in part.mistaken().items():
        if verdict == mistaken.value:
            raise Hint(f"{said}; it looks as if it was {why}")
    raise Hint(said)


def _check_asked(part: Part, relay: GrpcRelay, before: int) -> None:
    """Whether the gateway asked the right model about this picture, by a deadline."""
    sent = [
        (call, PredictRequest.FromString(call.body)) for call in relay.calls[before:] if call.method == PREDICT.name
    ]
    asked = [(call, request) for call, request in sent if request.model_spec.signature_name != MANIFEST_SIGNATURE]
    if not asked:
        raise Hint(f"{part.component}: a verdict came, but no model was asked about the picture at `address`")
    models = {request.model_spec.name for _, request in asked}
    if models != {part.model}:
        raise Hint(f"{part.component}: the gateway asked {', '.join(sorted(models))}, but the route says {part.model}")
    if not any(part.picture in request.inputs["image"].string_val for _, request in asked):
        raise Hint(f"{part.component}: the model was asked about other bytes than the picture's")
    if any(call.seconds_left is None for call, _ in asked):
        raise Hint("a call has no deadline: if the model server hangs, the line hangs; give it a timeout")


def _verdict_of(component: str, answer: requests.Response) -> object:
    try:
        body = answer.json()
    except ValueError:
        raise Hint(f"{component}: found {answer.text[:60]!r}, expected JSON") from None
    if not isinstance(body, dict) or "verdict" not in body:
        raise Hint(f'{component}: found {kind(body)}, expected an object with the key "verdict"')
    return body["verdict"]


def _check_refusals(line: _Camera, part: Part) -> None:
    """What is no inspection is refused, by a status that says whose mistake it is."""
    answer = line.send(UNKNOWN, part.picture)
    if answer.status_code != 404:
        raise Hint(f"a component without a route: found {line.words(answer)}; expected 404")
    answer = line.send(part.component, NO_PICTURE)
    if not 400 <= answer.status_code < 500:
        raise Hint(
            f"bytes that are no picture: found {line.words(answer)}; expected 400, because the sender has to act"
        )


def _check_away(line: _Camera, part: Part, relay: GrpcRelay) -> None:
    """503 while the model server is away, and verdicts again when it is back."""
    relay.go_away()
    try:
        answer = line.send(part.component, part.picture)
    finally:
        relay.come_back()
    if answer.status_code != 503:
        raise Hint(
            f"the model server is away: found {line.words(answer)}; expected 503: not now, and the line may try again"
        )
    until = time.monotonic() + PATIENCE
    while (answer := line.send(part.component, part.picture)).status_code != 200:
        if time.monotonic() > until:
            raise Hint(
                f"the model server came back, and {PATIENCE:g} s later the gateway still says {line.words(answer)}"
            )
        time.sleep(0.1)


def _rounded(scores: Mapping[str, float]) -> str:
    return ", ".join(f"{head} {score:.3f}" for head, score in scores.items())
