"""HandleReloadConfigRequest and the polled config file, on real servers."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import numpy as np
import pytest

from aoi_modules.machine.whole_file import write_whole
from aoi_modules.serving import model_config
from aoi_modules.serving.launchers.embedded import EmbeddedServer
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.wire.messages import ReloadConfigRequest, ReloadConfigResponse
from tests.serving import saved_models
from tests.serving.calls import call, predict, predict_request, refusal, statuses, wait_for

RELOAD = "tensorflow.serving.ModelService/HandleReloadConfigRequest"
X = np.array([2.0], np.float32)
QUICK = ["--file_system_poll_wait_seconds=0.1", "--max_num_load_retries=0"]


def request(**models: Path) -> ReloadConfigRequest:
    """A config of one model a base path."""
    text = model_config.to_text(ServedModel(*model) for model in models.items())
    return ReloadConfigRequest(config=model_config.parse(text))


@pytest.fixture(scope="module")
def own(models: Path) -> Iterator[tuple[EmbeddedServer, grpc.Channel]]:
    """A server of `half`, whose models the tests change."""
    with (
        EmbeddedServer({"half": models / "half"}, flags=QUICK) as server,
        grpc.insecure_channel(server.grpc) as channel,
    ):
        yield server, channel


def test_a_new_list_replaces_the_old_one(own: tuple[EmbeddedServer, grpc.Channel], models: Path) -> None:
    _, channel = own
    answer = call(channel, RELOAD, request(half=models / "half", echo=models / "echo"), ReloadConfigResponse)
    assert (answer.status.error_code, answer.status.error_message) == (0, "")
    assert statuses(channel, "echo") == {1: (30, 0, "")}
    call(channel, RELOAD, request(half=models / "half"), ReloadConfigResponse)
    wait_for(lambda: statuses(channel, "echo"), lambda s: s == {1: (50, 0, "")})
    assert predict(channel, predict_request("half", x=X)).outputs["y"].float_val == [3.0]


def test_what_is_refused_changes_nothing(own: tuple[EmbeddedServer, grpc.Channel], models: Path) -> None:
    _, channel = own
    twice = request(a=models / "half")
    twice.config.model_config_list.config.append(twice.config.model_config_list.config[0])
    relative = request(a=Path("models/half"))
    platform = request(a=models / "half", half=models / "half")
    platform.config.model_config_list.config[1].model_platform = "other"
    unknown = request(a=models / "half")
    unknown.config.model_config_list.config[0].model_platform = "other"
    labelled = request(half=models / "half")
    labelled.config.model_config_list.config[0].version_labels["stable"] = 9
    for wrong, code, text in [
        (ReloadConfigRequest(), "INVALID_ARGUMENT", "Only ModelConfigList is currently supported"),
        (twice, "INVALID_ARGUMENT", "Illegal to list model a multiple times in config list"),
        (relative, "INVALID_ARGUMENT", "Expected model a to have an absolute path or URI; got base_path()=models/half"),
        (platform, "INVALID_ARGUMENT", "Illegal to change a model's platform. For model half"),
        (unknown, "INVALID_ARGUMENT", "Model a requests unsupported platform other"),
        (labelled, "FAILED_PRECONDITION", "Request to assign label to version 9 of model half"),
    ]:
        got = refusal(channel, RELOAD, wrong, ReloadConfigResponse)
        assert (got[0], text in got[1]) == (code, True), got
    assert statuses(channel, "half") == {1: (30, 0, "")}


def test_a_broken_new_model_is_told_and_blocks_nobody(
    own: tuple[EmbeddedServer, grpc.Channel], models: Path, tmp_path: Path
) -> None:
    _, channel = own
    saved_models.publish(models / "half" / "00000001", tmp_path / "bad", 1, broken=True)
    wrong = request(half=models / "half", bad=tmp_path / "bad", echo=models / "echo")
    code, text = refusal(channel, RELOAD, wrong, ReloadConfigResponse)
    assert code == "UNKNOWN"
    assert "1 model(s) did not become available: {{{name: bad version: 1} due to error: " in text
    assert statuses(channel, "bad")[1][0] == 50
    assert statuses(channel, "echo") == {1: (30, 0, "")}
    call(channel, RELOAD, request(half=models / "half"), ReloadConfigResponse)


def test_a_polled_config_file_is_followed(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "models.config"
    file.write_text(model_config.to_text([ServedModel("half", models / "half")]))
    flags = [*QUICK, f"--model_config_file={file}", "--model_config_file_poll_wait_seconds=0.1"]
    with EmbeddedServer({}, flags=flags) as server, grpc.insecure_channel(server.grpc) as channel:
        assert statuses(channel, "half") == {1: (30, 0, "")}
        file.write_text(model_config.to_text([ServedModel("echo", models / "echo")]))

        def answered() -> bool:
            try:
                return statuses(channel, "echo") == {1: (30, 0, "")}
            except grpc.RpcError:
                return False

        wait_for(answered, bool)
        wait_for(lambda: statuses(channel, "half"), lambda s: s == {1: (50, 0, "")})
        write_whole(file, b"half a config {")
        wait_for(server.log_tail, lambda text: "the new model config is not followed" in text)
        assert statuses(channel, "echo") == {1: (30, 0, "")}
        assert server.log_tail().count("is not followed") == 1
