"""A running server takes another config, or says why not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aoi_modules.client.endpoint import Endpoint
from aoi_modules.client.grpc.client import GrpcClient
from aoi_modules.client.rollout.reload import reload_models
from aoi_modules.client.rollout.version_watch import VersionWatch
from aoi_modules.errors import RpcError, Unreachable
from aoi_modules.serving import model_config
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.serving.model_config import ServedModel, VersionPolicy
from tests.serving import saved_models

X = np.array([2.0], np.float32)


def test_what_is_no_config_is_not_sent() -> None:
    with pytest.raises(RpcError, match=r"not a tensorflow\.serving\.ModelServerConfig") as caught:
        reload_models("127.0.0.1:1", "model_config_list { config {")
    assert caught.value.code == "INVALID_ARGUMENT"


def test_nobody_there(free_port: int) -> None:
    with pytest.raises(Unreachable):
        reload_models(f"127.0.0.1:{free_port}", "model_config_list {}", timeout=5)


def test_a_label_moves_and_what_is_refused_changes_nothing(tmp_path: Path) -> None:
    for version in (1, 2):
        saved_models.half_plus_two(tmp_path / "half" / str(version))
    both = ServedModel("half", tmp_path / "half", VersionPolicy(None), {"stable": 1})
    with EmbeddedServer({"half": tmp_path / "half"}, flags=["--file_system_poll_wait_seconds=0.1"]) as server:
        reload_models(server.grpc, model_config.to_text([replace(both, labels={})]))
        with GrpcClient(Endpoint(server.grpc, "half", label="stable")) as stable, VersionWatch(stable) as watch:
            watch.until(lambda states: states.get(1) == states.get(2) == "AVAILABLE", timeout=60)
            for version in (1, 2, 1):
                reload_models(server.grpc, model_config.to_text([replace(both, labels={"stable": version})]))
                assert stable.predict({"x": X}).version == version
            with pytest.raises(RpcError, match="assign label to version 3") as caught:
                reload_models(server.grpc, model_config.to_text([replace(both, labels={"stable": 3})]))
            assert caught.value.code == "FAILED_PRECONDITION"
            assert stable.predict({"x": X}).version == 1
