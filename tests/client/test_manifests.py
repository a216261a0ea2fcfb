"""Every answer is read by the manifest of its own version, and no manifest is asked for more often than needed."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.manifests import Manifests
from aoi_modules.client.rest.output_names import FRESH_SECONDS
from aoi_modules.errors import StoreError
from aoi_modules.modelstore.manifest import Manifest
from tests.client.model_server import ModelServer, manifest


def publish(server: ModelServer, version: int, threshold: float) -> None:
    server.manifests[version] = manifest(version, threshold=threshold).to_json()
    server.states[version], server.version = "AVAILABLE", version


def threshold(found: Manifest | None) -> float | None:
    return found.head("defect").threshold if found else None


def asked(server: ModelServer) -> int:
    return sum(request.model_spec.signature_name == "manifest" for request in server.asked)


def test_each_version_has_its_own_and_is_asked_once(model_server: ModelServer) -> None:
    with GrpcClient(Endpoint(model_server.address, "tile")) as client:
        manifests = Manifests(client, client.find_manifest())
        publish(model_server, 2, threshold=0.2)
        found = [threshold(manifests.of(version)) for version in (1, 2, 1, 2)]
    assert found == [0.5, 0.2, 0.5, 0.2]
    assert asked(model_server) == 2


def test_a_version_without_manifest_is_asked_once_too(model_server: ModelServer) -> None:
    model_server.manifests.clear()
    with GrpcClient(Endpoint(model_server.address, "tile", version=1)) as client:
        manifests = Manifests(client, client.find_manifest())
        assert [manifests.of(1), manifests.of(1)] == [None, None]
    assert asked(model_server) == 1


def test_where_no_version_is_told_the_newest_is_believed_for_a_moment(model_server: ModelServer) -> None:
    seconds = [0.0]
    with GrpcClient(Endpoint(model_server.address, "tile")) as client:
        manifests = Manifests(client, client.find_manifest(), clock=lambda: seconds[0])
        publish(model_server, 2, threshold=0.2)
        seconds[0] = FRESH_SECONDS
        assert threshold(manifests.of(None)) == 0.5
        seconds[0] += 0.1
        assert threshold(manifests.of(None)) == 0.2


def test_threads_ask_once(model_server: ModelServer) -> None:
    with GrpcClient(Endpoint(model_server.address, "tile")) as client, ThreadPoolExecutor(4) as threads:
        manifests = Manifests(client, client.find_manifest())
        publish(model_server, 2, threshold=0.2)
        found = list(threads.map(manifests.of, [2] * 40))
    assert {threshold(one) for one in found} == {0.2}
    assert asked(model_server) == 2


def test_scores_are_never_read_by_the_manifest_of_another_version(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aoi_modules.client.manifests.PAUSE_SECONDS", 0.0)
    with GrpcClient(Endpoint(model_server.address, "tile")) as client:
        manifests = Manifests(client, client.find_manifest())
        publish(model_server, 3, threshold=0.3)
        with pytest.raises(StoreError, match=r"version 2 of model tile answered, .* now version 3 answers"):
            manifests.of(2)
        assert threshold(manifests.of(3)) == 0.3
