"""The flags of `aoi serve`: TensorFlow Serving's names, meanings and defaults, and a few of our own at the end."""

import math
from dataclasses import dataclass, field, fields
from typing import Any

from aoi_modules.errors import SettingsError
from aoi_modules.serving.answering.signature_check import InputCheck
from aoi_modules.serving.engine import EngineName

ANY_PORT = -1
"""`any` on the command line: the system chooses a free port."""


ENGINES = (*(engine.value for engine in EngineName), "docker")
"""The values of --engine."""


def _flag(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


def _refused(default: Any, reason: str) -> Any:
    """A flag of the original of which only the default value is accepted; to ignore another one would deceive."""
    return field(default=default, metadata={"help": f"Refused: {reason}.", "refused": reason})


def _idle(default: Any, reason: str) -> Any:
    """A flag of the original that may have any value, because nothing here depends on it."""
    return field(default=default, metadata={"help": f"Accepted without effect: {reason}."})


def _ours(default: Any, text: str) -> Any:
    """A flag that the original does not know; whoever starts the original leaves it out."""
    return field(default=default, metadata={"help": f"Our own: {text}", "ours": True})


@dataclass(frozen=True)
class Flags:
    """How one server runs. The help texts are those of the command line."""

    port: int = _flag(8500, "gRPC port; 0 is off, 'any' a free one.")
    grpc_socket_path: str = _flag("", "Unix socket for gRPC, beside the port.")
    grpc_channel_arguments: str = _flag("", "Options of the gRPC server: k=v,k=v.")
    grpc_max_threads: int = _flag(0, "Requests that run at once; 0: see --run_threads.")
    ssl_config_file: str = _flag("", "Text form of tensorflow.serving.SSLConfig: TLS for the gRPC port.")
    enable_grpc_healthcheck_service: bool = _flag(False, "Serve grpc.health.v1.Health.")
    rest_api_port: int = _flag(0, "REST port; 0 is off, 'any' a free one.")
    rest_api_num_threads: int = _flag(0, "Requests that run at once; the greater of this and --grpc_max_threads.")
    rest_api_timeout_in_ms: int = _flag(30_000, "A REST request that takes longer is answered with 504.")
    rest_api_enable_cors_support: bool = _flag(False, "Let web pages of other origins ask.")
    model_name: str = _flag("default", "Name of the model at --model_base_path.")
    model_base_path: str = _flag("", "Folder or file:// URI: one folder a version of the model. A link may be swapped.")
    model_config_file: str = _flag("", "Text form of tensorflow.serving.ModelServerConfig: several models.")
    model_config_file_poll_wait_seconds: float = _flag(0.0, "Seconds between two reads of it; 0 reads it once.")
    monitoring_config_file: str = _flag("", "Text form of tensorflow.serving.MonitoringConfig: a Prometheus page.")
    file_system_poll_wait_seconds: float = _flag(
        1.0, "Seconds between two looks for versions; 0 looks once. Not below 0."
    )
    max_num_load_retries: int = _flag(5, "How often a failed load is repeated.")
    load_retry_interval_micros: int = _flag(60_000_000, "Microseconds before a failed load is repeated.")
    num_load_threads: int = _flag(0, "Versions that load at once; 0: as many as there are processors.")
    allow_version_labels_for_unavailable_models: bool = _flag(False, "New labels may name versions not loaded yet.")
    enable_model_warmup: bool = _flag(True, "Replay assets.extra/tf_serving_warmup_requests before a version is used.")
    num_request_iterations_for_warmup: int = _flag(0, "How often each warm-up request is replayed; 0: once.")
    enable_batching: bool = _flag(False, "Put requests of several clients together; see --batching_parameters_file.")
    batching_parameters_file: str = _flag("", "Text form of tensorflow.serving.BatchingParameters.")
    enable_per_model_batching_parameters: bool = _flag(
        False, "With --enable_batching: each version's batching_params.pbtxt, no batching without it."
    )
    saved_model_tags: str = _flag("serve", "Comma-separated tags of the graph to load from a SavedModel.")
    enable_signature_method_name_check: bool = _flag(False, "Refuse signatures of another method than the request's.")
    enable_serialization_as_tensor_content: bool = _flag(False, "Answer gRPC with raw bytes: faster for Python.")
    tensorflow_session_parallelism: int = _flag(0, "Both of the next two at once.")
    tensorflow_intra_op_parallelism: int = _flag(0, "Threads that share one operation; 0: TensorFlow decides.")
    tensorflow_inter_op_parallelism: int = _flag(0, "Operations that run side by side; 0: TensorFlow decides.")
    per_process_gpu_memory_fraction: float = _flag(0.0, "Of a GPU's memory for this process; 0: as it grows.")
    num_unload_threads: int = _idle(0, "a version is unloaded by the last request that used it")
    flush_filesystem_caches: bool = _idle(True, "the folders of this server keep no cache")
    remove_unused_fields_from_bundle_metagraph: bool = _idle(True, "only signatures are kept of a graph's description")
    enable_profiler: bool = _idle(True, "there is no ProfilerService; use `aoi load` and the metrics page")
    skip_initialize_tpu: bool = _idle(False, "this server runs on no TPU")
    use_alts_credentials: bool = _refused(
        False, "ALTS is a protocol of Google's own cloud; --ssl_config_file gives TLS"
    )
    platform_config_file: str = _refused("", "this server has one platform, tensorflow; its settings are flags")
    tensorflow_session_config_file: str = _refused("", "threads and GPU memory have flags of their own")
    thread_pool_factory_config_file: str = _refused("", "the engines have thread pools of their own")
    prefer_tflite_model: bool = _refused(False, "TensorFlow Lite models are not served")
    num_tflite_pools: int = _refused(0, "TensorFlow Lite models are not served")
    num_tflite_interpreters_per_pool: int = _refused(0, "TensorFlow Lite models are not served")
    xla_cpu_compilation_enabled: bool = _refused(False, "models are not compiled by XLA")
    xla_gpu_compilation_enabled: bool = _refused(False, "models are not compiled by XLA")
    mixed_precision: str = _refused("", "export with --precision float16 instead, which measures what it costs")
    input_checks: str = _ours(
        "",
        "MODEL=full|rank|none,...: how inputs are compared with the signature before the model sees them; '*' is for "
        "all other models. Without: full for our own servables, rank for others.",
    )
    host: str = _ours("", "listen on this address only, not on all.")
    engine: str = _ours("auto", "auto, openvino, tensorflow, or docker for the real tensorflow/serving image.")
    run_threads: int = _ours(0, "requests that run at once; 0: twice the processors, at least 4.")
    log_format: str = _ours("text", "text for people, json for machines: one object a line.")
    slow_call_ms: int = _ours(1000, "a call that takes longer is logged, as is each refused one, with its id; 0: none.")
    log_calls: bool = _ours(False, "log each other call, too, whose client sent an id; the gateway sends one.")
    drain_seconds: float = _ours(0.5, "so long all is still answered after SIGTERM, while others learn of it.")
    start_without_versions: bool = _ours(
        False, "open the ports although a model has no version yet, or one that is to be loaded again."
    )
    ready_file: str = _ours("", 'write {"grpc": PORT, "rest": PORT} there when all is up.')

    @property
    def intra_op_threads(self) -> int:
        """Threads that share one operation; 0: the engine decides."""
        return self.tensorflow_intra_op_parallelism or self.tensorflow_session_parallelism

    @property
    def inter_op_threads(self) -> int:
        """Operations that run side by side; 0: the engine decides."""
        return self.tensorflow_inter_op_parallelism or self.tensorflow_session_parallelism

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags of the graph to load from a SavedModel."""
        return tuple(tag for tag in self.saved_model_tags.split(",") if tag)

    @property
    def channel_arguments(self) -> dict[str, int | str]:
        """The options of the gRPC server, digits as numbers.

        Raises:
            SettingsError: --grpc_channel_arguments is no list of k=v.
        """
        found: dict[str, int | str] = {}
        example = "grpc.max_connection_age_ms=2000"
        for name, value in _pairs("grpc_channel_arguments", self.grpc_channel_arguments, example):
            digits = value.removeprefix("-")
            found[name] = int(value) if digits.isascii() and digits.isdigit() and len(digits) < 11 else value
        return found

    @property
    def checks(self) -> dict[str, InputCheck]:
        """How inputs are compared with signatures, by model.

        Raises:
            SettingsError: --input_checks is no list of MODEL=full, MODEL=rank or MODEL=none.
        """
        example = "tile=full,*=none"
        pairs = _pairs("input_checks", self.input_checks, example)
        try:
            return {name: InputCheck(value) for name, value in pairs}
        except ValueError:
            raise SettingsError(
                f"--input_checks: expected full, rank or none for each model. Received: {self.input_checks!r}",
                hint=f"for example --input_checks={example}",
            ) from None

    def check(self) -> None:
        """Refuses flags that this server does not follow, and flags that contradict each other.

        Raises:
            SettingsError: names the flag, and says why.
        """
        for flag in fields(self):
            reason = flag.metadata.get("refused")
            if reason and getattr(self, flag.name) != flag.default:
                raise SettingsError(
                    f"--{flag.name}: {reason}. Received: {getattr(self, flag.name)!r}",
                    hint="leave it out, or run the tensorflow/serving image: aoi serve --engine=docker",
                )
        if (
            self.tensorflow_session_parallelism
            and self.tensorflow_intra_op_parallelism
            and self.tensorflow_inter_op_parallelism
        ):
            raise SettingsError(
                "--tensorflow_session_parallelism, --tensorflow_intra_op_parallelism and "
                "--tensorflow_inter_op_parallelism cannot be given together",
                hint="leave out the first: it stands for both of the others",
            )
        if not 0 <= self.drain_seconds < math.inf:
            raise SettingsError(f"--drain_seconds: expected seconds from 0. Received: {self.drain_seconds}")
        if not self.tags:
            raise SettingsError(
                "--saved_model_tags: expected at least one tag. Received: ''", hint="its default: serve"
            )
        _ = self.channel_arguments, self.checks  # read to be checked before models load


def _pairs(flag: str, text: str, example: str) -> list[tuple[str, str]]:
    """The value of a flag that is a list of k=v."""
    found = []
    for pair in filter(None, text.split(",")):
        name, separator, value = pair.partition("=")
        if not name or not separator:
            raise SettingsError(
                f"--{flag}: expected k=v,k=v. Received: {pair!r}", hint=f"for example --{flag}={example}"
            )
        found.append((name, value))
    return found
