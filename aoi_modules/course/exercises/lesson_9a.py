"""Exercises of lesson 9a, many models behind one address."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from aoi_modules.course.checks import Hint, exercise, kind
from aoi_modules.errors import RpcError
from aoi_modules.first_line import first_line
from aoi_modules.gateway.routes import Product, parse_routes

MOTOR = {"front": ("tile", True), "back": ("tile", True), "board": ("board", True), "label": ("shirt", False)}
"""Position -> component, and whether it must have a picture."""
CLOSE_SECONDS = 30.0
UNITS = tuple(f"SN-{number:05}" for number in range(2000))
SHARES = (0.05, 0.3, 0.7)
TOLERANCE = 0.05
"""Five standard deviations of a share of 2,000 units."""


@exercise("9a.1")
def plan_of_a_motor(answer: object) -> str:
    """YAML of routes with a product `motor`."""
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the routes as YAML text")
    products = parse_routes(answer, "your routes").products
    if "motor" not in products:
        raise Hint(f"found the products {', '.join(products) or 'none'}, expected motor")
    motor = products["motor"]
    _check_positions(motor)
    if motor.close_after_seconds is None:
        raise Hint("no close_after_seconds: the pictures come one by one, and nobody says which one is the last")
    if motor.close_after_seconds != CLOSE_SECONDS:
        raise Hint(f"close_after_seconds: found {motor.close_after_seconds:g}, expected {CLOSE_SECONDS:g}")
    return "three positions that must be seen, one that may be missing, and an end after 30 s of silence"


def _check_positions(motor: Product) -> None:
    for position, (component, required) in MOTOR.items():
        if position not in motor.positions:
            raise Hint(f"no position {position}: a picture sent for it would be refused")
        found = motor.positions[position]
        if found.component != component:
            raise Hint(f"{position}: found the component {found.component}, expected {component}")
        if found.required and not required:
            raise Hint(f"{position}: it is required, so every motor without one would go to an operator")
        if required and not found.required:
            raise Hint(f"{position}: it is not required, so a motor that nobody saw there would pass")
    others = sorted(set(motor.positions) - set(MOTOR))
    if others:
        raise Hint(f"found the further positions {', '.join(others)}; a motor has {', '.join(MOTOR)}")


@exercise("9a.2")
def canary_units(answer: object) -> str:
    """A function `is_for_canary(unit, share)`, the same for a unit at all times."""
    if not callable(answer):
        raise Hint(f"found {kind(answer)}, expected the function itself, without brackets behind its name")
    first = {share: _chosen(answer, share) for share in SHARES}
    if any(_chosen(answer, share) != units for share, units in first.items()):
        raise Hint("asked twice about the same units, it chose others; only the unit's name may count, no chance")
    if _uses_hash(answer):
        raise Hint(
            "hash() of a text is another number in every process, so two gateways would not agree; "
            "take hashlib.sha256(unit.encode())"
        )
    for share, units in first.items():
        found = len(units) / len(UNITS)
        if abs(found - share) > TOLERANCE:
            raise Hint(f"with the share {share:.0%} it chose {found:.1%} of {len(UNITS):,} units")
    if _chosen(answer, 0.0) or len(_chosen(answer, 1.0)) != len(UNITS):
        raise Hint("the share 0 has to choose no unit, and the share 1 all of them")
    for small, great in pairwise(SHARES):
        gone = first[small] - first[great]
        if gone:
            raise Hint(
                f"with the share {small:.0%} it chose {min(gone)}, with {great:.0%} no more; compare one number of "
                "the unit with the share, and a greater share keeps the units of a smaller one"
            )
    return "the same units at every gateway, as many as the share says, and more when it grows"


def _chosen(choose: Callable[[str, float], object], share: float) -> set[str]:
    try:
        return {unit for unit in UNITS if choose(unit, share)}
    except Exception as fault:  # a reader's code can break in any way; the hint says which
        raise Hint(f"is_for_canary({UNITS[0]!r}, {share}) raised {type(fault).__name__}: {first_line(fault)}") from None


def _uses_hash(choose: Callable[[str, float], object]) -> bool:
    """Whether it calls Python's own hash of texts: that one's key is another one in each process."""
    code = getattr(choose, "__code__", None)
    return code is not None and "hash" in code.co_names


class _Server:
    """A model server that always says the same, and counts how often it was asked."""

    def __init__(self, says: str) -> None:
        self.says = says
        self.asked = 0

    def __call__(self, picture: bytes) -> dict[str, float]:
        self.asked += 1
        if self.says.isupper():
            raise RpcError(self.says, f"the server said {self.says}")
        return {self.says: 0.5}


@exercise("9a.3")
def another_server(answer: object) -> str:
    """A function `ask_any(servers, picture)` that passes by servers that are away."""
    if not callable(answer):
        raise Hint(f"found {kind(answer)}, expected the function itself, without brackets behind its name")
    _expect(answer, ["first", "second"], found="first", asked=[1, 0], why="the first server answers")
    _expect(answer, ["UNAVAILABLE", "second"], found="second", asked=[1, 1], why="the first server is away")
    _expect(answer, ["UNAVAILABLE", "UNAVAILABLE", "third"], found="third", asked=[1, 1, 1], why="two servers are away")
    _expect(
        answer, ["INVALID_ARGUMENT", "second"], found="INVALID_ARGUMENT", asked=[1, 0],
        why="the first server says that this is no picture",
    )  # fmt: skip
    _expect(answer, ["UNAVAILABLE", "INTERNAL"], found="INTERNAL", asked=[1, 1], why="the last server has a fault")
    _expect(answer, ["UNAVAILABLE"], found="UNAVAILABLE", asked=[1], why="the only server is away")
    return "asked elsewhere only when a server is away, and never twice"


def _expect(
    ask_any: Callable[[Sequence[_Server], bytes], object],
    said: Sequence[str],
    *,
    found: str,
    asked: Sequence[int],
    why: str,
) -> None:
    servers = [_Server(one) for one in said]
    got = _outcome(ask_any, servers)
    expected = f"the error {found}" if found.isupper() else f"the scores of the {found} server"
    if got != found:
        raise Hint(f"{why}: found {_named(got)}, expected {expected}")
    counts = [server.asked for server in servers]
    if counts != list(asked):
        raise Hint(f"{why}: the servers were asked {counts} times, expected {list(asked)}")


def _outcome(ask_any: Callable[[Sequence[_Server], bytes], object], servers: Sequence[_Server]) -> str:
    """What came back: the name of the server whose scores they are, or the code of the error."""
    try:
        scores = ask_any(servers, b"a picture")
    except RpcError as error:
        return error.code
    except Exception as fault:  # a reader's code can break in any way; the hint says which
        raise Hint(f"ask_any raised {type(fault).__name__}: {first_line(fault)}") from None
    if not isinstance(scores, dict) or len(scores) != 1:
        raise Hint(f"ask_any returned {kind(scores)}, expected what the server returned")
    return str(next(iter(scores)))


def _named(got: str) -> str:
    return f"the error {got}" if got.isupper() else f"the scores of the {got} server"
