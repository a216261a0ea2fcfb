"""Lines go to a store and come back; what is wrong is one sentence."""

from pathlib import Path

import pytest
import requests

from aoi_modules.errors import LogStoreError
from aoi_modules.log_store.victoria import PAGE, LogStore, Refused
from tests import services
from tests.log_store.stores import Door, VictoriaLogs, line


def test_lines_of_the_same_labels_are_one_stream() -> None:
    with Door() as door, LogStore(door.url) as store:
        store.push([line("a", unit=1), line("b", "model-sync"), line("c", unit=2)])
    streams = {one["stream"]["service"]: one["values"] for one in door.taken}
    assert {name: len(values) for name, values in streams.items()} == {"gateway": 2, "model-sync": 1}
    time_ns, text, beside = streams["gateway"][0]
    assert (time_ns.isdigit(), '"unit": 1' in text, beside) == (True, True, {"instance": "gateway"})


@services.need(services.VICTORIA_LOGS)
def test_lines_come_back_by_their_fields(tmp_path: Path) -> None:
    with VictoriaLogs(tmp_path) as real, LogStore(real.url) as store:
        store.push([line("inspected", request_id="r1", ms=1.5), line("brought", "model-sync", model="tile", version=3)])
        (found,) = real.wait_for('request_id:="r1"', 1)
        assert (found["_msg"], found["ms"], found["instance"]) == ("inspected", "1.5", "gateway")
        assert found["_stream"] == '{level="info",service="gateway"}', "nothing else is a label"
        (found,) = store.ask('{service="model-sync"} version:=3', 10)
        assert found["_msg"] == "brought"
        assert requests.get(real.url + PAGE, timeout=10).ok
        with pytest.raises(Refused, match="cannot parse"):
            store.ask("level:in(", 10)


@pytest.mark.parametrize("status", [400, 503])
def test_what_is_refused_for_ever_differs_from_what_is_refused_now(status: int) -> None:
    with Door() as door, LogStore(door.url) as store:
        door.status = status
        with pytest.raises(LogStoreError, match=f"it answered {status}") as caught:
            store.push([line("a")])
    assert isinstance(caught.value, Refused) == (status == 400)


def test_an_address_where_nobody_is_and_one_that_is_none(free_port: int) -> None:
    with LogStore(f"http://127.0.0.1:{free_port}/") as store, pytest.raises(LogStoreError) as caught:
        store.ask("*", 1)
    assert caught.value.message == f"the log store http://127.0.0.1:{free_port}: nobody answers there"
    with LogStore("abc") as store, pytest.raises(LogStoreError, match="expected an address such as http://"):
        store.ask("*", 1)


def test_what_is_no_log_store_is_told(free_port: int) -> None:
    with Door() as door, LogStore(door.url) as store, pytest.raises(LogStoreError, match=r"nobody answers|it answered"):
        store.ask("*", 1)
