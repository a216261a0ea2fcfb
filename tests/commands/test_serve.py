"""The command line of `aoi serve`."""

from dataclasses import fields, replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from aoi_modules.commands import serve
from aoi_modules.errors import SettingsError
from aoi_modules.serving import server
from aoi_modules.serving.flags import ANY_PORT, Flags


def parsed(*arguments: str) -> Flags:
    """The flags that a command line makes."""
    with serve.command.make_context("serve", list(arguments)) as context:
        return Flags(**context.params)


def test_defaults_are_those_of_the_flags() -> None:
    assert parsed() == Flags()


@pytest.mark.parametrize(
    ("arguments", "flags"),
    [
        (["--port=9000", "--rest_api_port", "9001"], Flags(port=9000, rest_api_port=9001)),
        (["--port=any"], Flags(port=ANY_PORT)),
        (["--enable_model_warmup=false"], Flags(enable_model_warmup=False)),
        (["--rest_api_enable_cors_support", "--port=1"], Flags(rest_api_enable_cors_support=True, port=1)),
        (["--file_system_poll_wait_seconds=0.5"], Flags(file_system_poll_wait_seconds=0.5)),
    ],
)
def test_flags(arguments: list[str], flags: Flags) -> None:
    assert parsed(*arguments) == flags


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--port=70000", "expected a number from 0 to 65535, or any. Received: '70000'"),
        ("--port=grpc", "Received: 'grpc'"),
        ("--max_num_load_retries=-1", "is not in the range"),
        ("--engine=abacus", "is not one of 'auto'"),
        ("--log_format=xml", "is not one of 'text', 'json'"),
        ("--modle_name=a", "No such option '--modle_name'"),
        ("model", "Got unexpected extra argument"),
    ],
)
def test_usage_errors(argument: str, message: str) -> None:
    result = CliRunner().invoke(serve.command, [argument])
    assert result.exit_code == 2
    assert message in result.output


ORIGINAL_FLAGS = """
    port grpc_socket_path rest_api_port rest_api_num_threads rest_api_timeout_in_ms rest_api_enable_cors_support
    enable_batching allow_version_labels_for_unavailable_models batching_parameters_file model_config_file
    model_config_file_poll_wait_seconds model_name model_base_path num_load_threads num_unload_threads
    max_num_load_retries load_retry_interval_micros file_system_poll_wait_seconds flush_filesystem_caches
    tensorflow_session_parallelism tensorflow_intra_op_parallelism tensorflow_inter_op_parallelism ssl_config_file
    use_alts_credentials platform_config_file per_process_gpu_memory_fraction saved_model_tags grpc_channel_arguments
    grpc_max_threads enable_model_warmup num_request_iterations_for_warmup monitoring_config_file
    remove_unused_fields_from_bundle_metagraph prefer_tflite_model num_tflite_pools num_tflite_interpreters_per_pool
    enable_signature_method_name_check xla_cpu_compilation_enabled xla_gpu_compilation_enabled enable_profiler
    thread_pool_factory_config_file mixed_precision skip_initialize_tpu enable_grpc_healthcheck_service
    enable_serialization_as_tensor_content tensorflow_session_config_file enable_per_model_batching_parameters
""".split()


def test_every_flag_of_the_original_is_known() -> None:
    assert set(ORIGINAL_FLAGS) - {flag.name for flag in fields(Flags)} == set()


def test_version() -> None:
    result = CliRunner().invoke(serve.command, ["--version"])
    assert (result.exit_code, result.output.startswith("aoi serve ")) == (0, True)


def test_help_names_every_flag_and_gives_examples() -> None:
    output = CliRunner().invoke(serve.command, ["--help"], terminal_width=200).output
    assert [flag.name for flag in fields(Flags) if f"--{flag.name}" not in output] == []
    assert "aoi serve --model_name=tile" in output


def test_nothing_to_serve_or_nowhere(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is nothing to serve"):
        server.run(Flags())
    with pytest.raises(SettingsError, match="both are off"):
        server.run(Flags(port=0, model_base_path=str(tmp_path)))


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (Flags(use_alts_credentials=True), "--use_alts_credentials: ALTS is a protocol of Google's own cloud"),
        (Flags(prefer_tflite_model=True), "--prefer_tflite_model: TensorFlow Lite models are not served"),
        (Flags(platform_config_file="p.config"), "--platform_config_file: this server has one platform"),
        (Flags(input_checks="tile"), "--input_checks: expected k=v,k=v. Received: 'tile'"),
        (
            Flags(input_checks="tile=some"),
            "--input_checks: expected full, rank or none for each model. Received",
        ),
        (Flags(grpc_channel_arguments="grpc.x"), "--grpc_channel_arguments: expected k=v,k=v. Received: 'grpc.x'"),
        (Flags(batching_parameters_file="b.config"), "without setting --enable_batching to true"),
        (Flags(ssl_config_file="/none/ssl.config"), "--ssl_config_file: /none/ssl.config: No such file"),
        (Flags(saved_model_tags=""), "--saved_model_tags: expected at least one tag"),
        (
            Flags(
                tensorflow_session_parallelism=1, tensorflow_intra_op_parallelism=1, tensorflow_inter_op_parallelism=1
            ),
            "cannot be given together",
        ),
    ],
)
def test_flags_that_are_refused_with_a_reason(tmp_path: Path, flags: Flags, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        server.run(replace(flags, model_base_path=str(tmp_path)))
    assert message in caught.value.message


def test_a_ready_file_without_a_place_is_refused_before_the_models_load(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"`ready_file=.*ready\.json'`: expected a file's name in a folder"):
        serve.command.main(["--model_base_path", str(tmp_path), "--ready_file", str(tmp_path / "none" / "ready.json")])


def test_what_flags_mean_together() -> None:
    assert Flags(tensorflow_session_parallelism=3).intra_op_threads == 3
    both = Flags(tensorflow_session_parallelism=3, tensorflow_inter_op_parallelism=1)
    assert (both.intra_op_threads, both.inter_op_threads) == (3, 1)
    assert Flags(saved_model_tags="serve,gpu").tags == ("serve", "gpu")
    arguments = Flags(
        grpc_channel_arguments="grpc.max_connection_age_ms=2000,grpc.primary_user_agent=aoi"
    ).channel_arguments
    assert arguments == {"grpc.max_connection_age_ms": 2000, "grpc.primary_user_agent": "aoi"}


def test_a_relative_base_path_is_one_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (model,) = server.configured_models(Flags(model_name="tile", model_base_path="models/tile"))
    assert (model.name, model.base_path) == ("tile", tmp_path / "models/tile")


def test_the_command_is_a_click_command() -> None:
    assert isinstance(serve.command, click.Command)
