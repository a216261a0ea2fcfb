from collections.abc import Mapping

import pytest

from aoi_modules.client.replies import Signature, VersionStatus
from aoi_modules.client.rest.output_names import FRESH_SECONDS, OutputNames
from aoi_modules.errors import WireError


class Server:
    """Answers what its version's only output is called, and counts how often it was asked."""

    def __init__(self) -> None:
        self.version, self.name, self.asked, self.now = 1, "defect", 0, 0.0

    def ask(self) -> tuple[int | None, Mapping[str, Signature]]:
        self.asked += 1
        return self.version, {"serving_default": signature(self.name), "both": signature("left", "right")}

    def clock(self) -> float:
        return self.now


def signature(*outputs: str) -> Signature:
    from aoi_modules.client.replies import TensorSpec

    return Signature({}, {name: TensorSpec("float", (None, 1)) for name in outputs})


@pytest.mark.parametrize("fixed", [True, False])
def test_many_answers_ask_once(fixed: bool) -> None:
    server = Server()
    names = OutputNames(fixed=fixed, clock=server.clock)
    assert {names.only_output("serving_default", server.ask) for _ in range(50)} == {"defect"}
    assert server.asked == 1


def test_a_new_version_is_found_after_a_moment() -> None:
    server = Server()
    names = OutputNames(fixed=False, clock=server.clock)
    names.only_output("serving_default", server.ask)
    server.version, server.name, server.now = 2, "scratch", FRESH_SECONDS + 0.1
    assert names.only_output("serving_default", server.ask) == "scratch"


def test_one_version_is_asked_once_for_ever() -> None:
    server = Server()
    names = OutputNames(fixed=True, clock=server.clock)
    names.only_output("serving_default", server.ask)
    server.now = 1e6
    names.only_output("serving_default", server.ask)
    assert server.asked == 1


def test_a_status_that_shows_another_version_makes_it_ask_at_once() -> None:
    server = Server()
    names = OutputNames(fixed=False, clock=server.clock)
    names.only_output("serving_default", server.ask)
    names.notice([VersionStatus(1, "AVAILABLE", "OK", "")])
    names.only_output("serving_default", server.ask)
    assert server.asked == 1
    server.version, server.name = 2, "scratch"
    names.notice([VersionStatus(2, "LOADING", "OK", ""), VersionStatus(1, "AVAILABLE", "OK", "")])
    assert names.only_output("serving_default", server.ask) == "defect", "it is not served yet"
    names.notice([VersionStatus(2, "AVAILABLE", "OK", ""), VersionStatus(1, "AVAILABLE", "OK", "")])
    assert names.only_output("serving_default", server.ask) == "scratch"


@pytest.mark.parametrize("asked", ["both", "none"])
def test_a_signature_that_has_not_one_output(asked: str) -> None:
    server = Server()
    with pytest.raises(WireError, match=f"one nameless output from signature '{asked}'"):
        OutputNames(fixed=True, clock=server.clock).only_output(asked, server.ask)
