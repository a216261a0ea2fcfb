"""Exercises of lesson 8, asking a model server."""

import grpc
import numpy as np

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.course.exercises.answers import number
from aoi_modules.course.exercises.programs.client_call import check_grpc, check_rest, read_answer
from aoi_modules.course.fields import fields

CODES = {
    "version 99": "NOT_FOUND",
    "signature heatmap": "FAILED_PRECONDITION",
    "not a picture": "INVALID_ARGUMENT",
    "a deadline of 1 ms": "DEADLINE_EXCEEDED",
    "nobody at the port": "UNAVAILABLE",
}
"""Canonical code of each refused call, by gRPC."""
AGAIN = "nobody at the port"
"""The only one of them that may succeed when it is sent again, and surely did nothing the first time."""
WHY_NOT = {
    "version 99": "the server has no such version now and will have none in a second",
    "signature heatmap": "the model has no such signature, however often somebody asks",
    "not a picture": "the same bytes are no picture the next time either",
    "a deadline of 1 ms": "the request may be with the model already; whoever sends it again doubles the load of a "
    "server that is late as it is",
}
TOLERANCE = 0.02
"""Measured requests/s this close to the best count as equal."""


@exercise("8.1")
def pictures_by_rest(answer: object) -> str:
    """A function that asks the model `tile` about pictures by REST; it is run, and its request looked at."""
    task, ask = read_answer(answer, "tile", "defect", with_features=False)
    call = check_rest(task, ask)
    bytes_of_pictures = sum(map(len, task.pictures))
    return f"one request: {bytes_of_pictures} bytes of pictures became {len(call.body)} bytes of JSON"


@exercise("8.2")
def pictures_by_grpc(answer: object) -> str:
    """A function that asks the model `tile` about pictures by gRPC."""
    task, ask = read_answer(answer, "tile", "defect", with_features=False)
    size = check_grpc(task, ask)
    return f"one message: {sum(map(len, task.pictures))} bytes of pictures became {size} bytes, nothing became text"


@exercise("8.3")
def features_by_rest(answer: object) -> str:
    """A function that asks the model `houses` about pictures and features by REST."""
    task, ask = read_answer(answer, "houses", "price", with_features=True)
    check_rest(task, ask)
    return "pictures as text, a third larger than their bytes, and the numbers as they are"


@exercise("8.4")
def features_by_grpc(answer: object) -> str:
    """A function that asks the model `houses` about pictures and features by gRPC."""
    task, ask = read_answer(answer, "houses", "price", with_features=True)
    check_grpc(task, ask)
    return "two inputs in one message, each with its dtype and shape"


@exercise("8.5")
def refusals(answer: object) -> str:
    """Of each refused call its canonical code, and whether it is asked again."""
    found = fields(answer, tuple(CODES))
    for call, said in found.items():
        if not isinstance(said, tuple | list) or len(said) != 2:
            raise Hint(f"{call}: found {kind(said)}, expected the code and True or False")
        code, again = _code(call, said[0]), said[1]
        if code != CODES[call]:
            raise Hint(f"{call}: found {code!r}, which is not what comes back; make the call and print error.code")
        if not isinstance(again, bool | np.bool_):
            raise Hint(f"{call}: found {kind(again)}, expected True if it is asked again, else False")
        if again and call != AGAIN:
            raise Hint(f"{call}: not again: {WHY_NOT[call]}")
        if not again and call == AGAIN:
            raise Hint(
                f"{call}: nobody took the request, so sending it again does nothing twice; a server that "
                "restarts is there in a moment"
            )
    return "five refusals: four want a repair, one wants patience"


def _code(call: str, said: object) -> str:
    """A code by its canonical name, however it is written: gRPC's own constant, or its name as text."""
    if isinstance(said, grpc.StatusCode):
        return said.name
    if not isinstance(said, str):
        raise Hint(f"{call}: found {kind(said)}, expected a code such as 'NOT_FOUND'; RpcError has it as .code")
    return said.removeprefix("StatusCode.").upper()


@exercise("8.6")
def clients_within(answer: object) -> str:
    """How many clients give the most requests/s with p99 within the limit, by a measured curve."""
    found = fields(answer, ("curve", "limit", "clients"))
    curve, limit = _curve(found["curve"]), number("limit", found["limit"])
    clients = number("clients", found["clients"])
    if clients not in curve:
        raise Hint(f"clients: found {kind(found['clients'])}, expected one of {', '.join(map(str, curve))}")
    chosen = curve[clients]
    fitting = [point for point in curve.values() if point["p99"] <= limit]
    if not fitting:
        raise Hint(f"limit: no point of the curve keeps to {limit:.1f} ms; leave curve and limit as they were")
    best = max(point["requests_per_second"] for point in fitting)
    if chosen["p99"] > limit:
        half = ", though half of its calls keep to it: p50 is not the limit" if chosen["p50"] <= limit else ""
        raise Hint(f"clients: with {clients:g} p99 is {chosen['p99']:.1f} ms, over {limit:.1f} ms{half}")
    if chosen["requests_per_second"] < (1 - TOLERANCE) * best:
        raise Hint(
            f"clients: with {clients:g} the limit is kept, but {chosen['requests_per_second']:.0f} requests/s "
            f"are fewer than {best:.0f}, which keep to it too"
        )
    return f"{chosen['requests_per_second']:.0f} requests/s, 99 of 100 within {chosen['p99']:.1f} ms"


POINT = ("requests_per_second", "p50", "p99")


def _curve(value: object) -> dict[float, dict[str, float]]:
    """Clients -> requests/s, p50 and p99 in ms."""
    if not isinstance(value, dict) or not value:
        raise Hint(f"curve: found {kind(value)}; it belongs to the task, leave it as it was")
    return {
        clients: {name: number(f"curve, {name}", fields(point, POINT)[name]) for name in POINT}
        for clients, point in value.items()
    }
