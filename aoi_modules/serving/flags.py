"""The flags of `aoi serve`: TensorFlow Serving's names, meanings and defaults, and a few of our own at the end."""

from dataclasses import dataclass, field
from typing import Any

ANY_PORT = -1
"""`any` on the command line: the system chooses a free port."""


ENGINES = ("auto", "openvino", "tensorflow", "docker")
"""The values of --engine."""


def _flag(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class Flags:
    """How one server runs. The help texts are those of the command line."""

    port: int = _flag(8500, "gRPC port; 0 is off, 'any' a free one.")
    grpc_socket_path: str = _flag("", "Unix socket for gRPC, beside the port.")
    rest_api_port: int = _flag(0, "REST port; 0 is off, 'any' a free one.")
    rest_api_timeout_in_ms: int = _flag(30_000, "A REST request that takes longer is answered with 504.")
    rest_api_enable_cors_support: bool = _flag(False, "Let web pages of other origins ask.")
    model_name: str = _flag("default", "Name of the model at --model_base_path.")
    model_base_path: str = _flag("", "Folder that holds one folder a version of the model.")
    model_config_file: str = _flag("", "Text form of tensorflow.serving.ModelServerConfig: several models.")
    model_config_file_poll_wait_seconds: float = _flag(0.0, "Seconds between two reads of it; 0 reads it once.")
    monitoring_config_file: str = _flag("", "Text form of tensorflow.serving.MonitoringConfig: a Prometheus page.")
    file_system_poll_wait_seconds: float = _flag(1.0, "Seconds between two looks for versions; 0 looks once.")
    max_num_load_retries: int = _flag(5, "How often a failed load is repeated.")
    load_retry_interval_micros: int = _flag(60_000_000, "Microseconds before a failed load is repeated.")
    num_load_threads: int = _flag(0, "Versions that load at once; 0: as many as there are processors.")
    allow_version_labels_for_unavailable_models: bool = _flag(False, "New labels may name versions not loaded yet.")
    enable_model_warmup: bool = _flag(True, "Replay assets.extra/tf_serving_warmup_requests before a version is used.")
    num_request_iterations_for_warmup: int = _flag(1, "How often each warm-up request is replayed.")
    enable_serialization_as_tensor_content: bool = _flag(False, "Answer gRPC with raw bytes: faster for Python.")
    tensorflow_intra_op_parallelism: int = _flag(0, "Threads that share one operation; 0: TensorFlow decides.")
    tensorflow_inter_op_parallelism: int = _flag(0, "Operations that run side by side; 0: TensorFlow decides.")
    host: str = _flag("", "Our own: listen on this address only, not on all.")
    engine: str = _flag("auto", "Our own: auto, openvino, tensorflow, or docker for the real tensorflow/serving image.")
    run_threads: int = _flag(0, "Our own: requests that run at once; 0: twice the processors, at least 4.")
    ready_file: str = _flag("", 'Our own: write {"grpc": PORT, "rest": PORT} there when all is up.')


NOT_BUILT = frozenset(
    """grpc_max_threads grpc_channel_arguments rest_api_num_threads
    num_unload_threads flush_filesystem_caches enable_batching batching_parameters_file
    enable_per_model_batching_parameters ssl_config_file use_alts_credentials
    tensorflow_session_parallelism per_process_gpu_memory_fraction saved_model_tags
    enable_signature_method_name_check enable_profiler enable_grpc_healthcheck_service
    remove_unused_fields_from_bundle_metagraph prefer_tflite_model num_tflite_pools
    num_tflite_interpreters_per_pool mixed_precision thread_pool_factory_config_file platform_config_file
    tensorflow_session_config_file skip_initialize_tpu version""".split()
)
"""Flags of TensorFlow Serving that this server does not have; it says so instead of ignoring them."""
