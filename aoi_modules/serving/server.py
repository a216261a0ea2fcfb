"""One server process: load the models, open the ports, answer until told to stop, finish what is under way.

It speaks TensorFlow Serving's API to the letter, quirks included. Where it differs, it does so on purpose:

Models
- One bad model never blocks the others. The original ends when one model cannot be loaded, and loads nothing while one
  base path is missing; this server loads what can be loaded, and ends only when nothing can. As in the original, no
  port is open before each model is AVAILABLE or END, so that whoever is told that it is ready gets answers; the log
  says which models are waited for. --start_without_versions waits for none that has nothing to load yet: it is
  NOT_FOUND until its first version comes.
- A version that failed is tried again when its files change (an unfinished copy is the usual reason); the original
  gives it up for good. Until then the status carries the error of the last try. Our own servables are compared with
  their checksums first.
- Each signature of a model of others is run once before its version is served, unless that would change what the model
  keeps. What can never answer (Python inside the graph, no kernel, a table that nobody filled) is refused at once, and
  the old version stays; what only refuses made inputs is served.
- A base path that becomes another folder without any version (a volume that is gone, a link to an unfinished release)
  changes nothing; the original unloads all, as both do where somebody removes the versions. Log and status say why
  folders are no versions.
- A reload waits for new models as long as its client, and not at all for a model without any version on disk (UNKNOWN,
  with the reason); the original waits without end. A config that is refused changes nothing at all.
- Versions of several models load side by side with --num_load_threads=0; the original loads them in turn.
- Base paths are folders (`/path`, `file:///path`); other storage is refused at once, not at the first poll.

Requests
- Inputs of our own servables (those with a manifest) are compared with the signature in dtype, rank and fixed
  dimensions, because a wrong rank can end the process inside an operation. Of models of others only the rank is
  compared, and only where three dimensions or more are stated: their signatures may be narrower than their graphs.
  --input_checks sets it by model; none is the original's way.
- Limits: a REST body of 100 MiB as sent and as inflated (413), 1,000,000 lists inside one another (400), 64 dimensions
  (400), 10,000,000 of them in all (400), a head of 64 KiB in 20 s, a body without a pause of 20 s and in 300 s (408),
  gRPC messages of 2 GiB, 2**26 values that a shorter TensorProto may be filled up to (tensor parsing error), 1024 calls
  at once of one gRPC connection (more wait in the client). The original has no limits.
- A gRPC connection is closed when it is two hours old, at the latest: after one hour its client is told to open another
  one, and calls under way have another hour. So nobody who sends or reads slowly holds one for ever, and a prediction
  may take an hour. Without calls it is closed after half an hour, and one that begins with anything but HTTP/2 after
  20 seconds. --grpc_channel_arguments sets other limits (`grpc.max_connection_age_ms` and the like).
- A method name that is not UTF-8 ends gRPC's own loop in Python (grpcio 1.85). The port is opened again at once, but
  calls under way are lost (CANCELLED, UNAVAILABLE), so a port that strangers reach belongs behind a gateway.
- Of two equal keys of a JSON object the last one counts; the original takes the first one, but of an item of
  `instances` the values of both.
- Tensors of the types float8 and qint are not read (tensor parsing error) and not answered (UNIMPLEMENTED), because
  numpy has no such types.
- Requests wait for a thread in a queue of bounded length; one more is answered with UNAVAILABLE or 503.
- A JSON number that an int8, uint8, int16 or uint16 does not hold is refused; the original cuts its upper bits off.
- A signature without inputs can be asked by REST, with {"inputs": {}}.
- With --enable_batching, requests of unequal shapes run in batches of their own; the original refuses those that meet
  in one batch (FAILED_PRECONDITION).
- Requests are not logged, but for those that are refused or take longer than --slow_call_ms: a line each, with the id
  that the client sent as `x-request-id`, ten lines a second at most. With --log_calls each call with an id has one.
  `logging_config` in a config file is refused, and `metric_names` of a reload are not looked at.
- The tasks of a MultiInference run one after the other. A label that is not UTF-8 is answered with replacement signs.

Numbers and flags
- Metrics: at most 1000 model names are counted apart, because clients choose them. TensorFlow's internal metrics,
  `request_log_count` and `mlmd_map` are not there; `:aoi:serving:model_engine`, `batches` and `batch_rows` are added.
  The label `runtime` is TF1 as in the original, or the name of the other engine.
- Two engines, see --engine. GetModelMetadata knows a second field, `engine`, which says which one runs the version.
  Requests to our own servables are put together without --enable_batching.
- --file_system_poll_wait_seconds below 0, with which the original loads nothing at all and waits, is refused.
- There is no ProfilerService. Flags whose effect is not here are refused with a reason, or said to be without effect.
- SIGTERM and SIGINT: the health service says NOT_SERVING, and REST answers end their connections, for --drain_seconds;
  then the ports close, requests under way are answered, exit code 0. The original dies of the signal. gRPC would cancel
  a call that meets a closing port, so answers are held back for a tenth of a second while it closes: a client that
  waits for one sends no further call. One that sends without waiting may still lose a call (CANCELLED).
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import grpc

from aoi_modules import event_loop
from aoi_modules.child_process import write_ready_file
from aoi_modules.errors import ModelError, RpcError, SettingsError
from aoi_modules.machine import allocator
from aoi_modules.machine.processors import processors
from aoi_modules.serving import base_path, model_config
from aoi_modules.serving.batching import parameters
from aoi_modules.serving.dataplane import DataPlane
from aoi_modules.serving.doors import tls
from aoi_modules.serving.doors.call_log import CallLog
from aoi_modules.serving.doors.grpc_listener import GrpcDoor, grpc_server
from aoi_modules.serving.doors.grpc_service import GrpcService
from aoi_modules.serving.doors.health import Health
from aoi_modules.serving.doors.held_answers import HeldAnswers
from aoi_modules.serving.doors.ports import Door
from aoi_modules.serving.doors.rest_listener import RestDoor
from aoi_modules.serving.doors.rest_service import RestService
from aoi_modules.serving.engine import EngineName
from aoi_modules.serving.engines.choice import engine_loader
from aoi_modules.serving.flags import Flags
from aoi_modules.serving.lifecycle.config_poll import ConfigPoll
from aoi_modules.serving.lifecycle.engine_metrics import EngineMetrics
from aoi_modules.serving.lifecycle.loader import Loader
from aoi_modules.serving.lifecycle.stream import Retries
from aoi_modules.serving.lifecycle.versions import CHECK_SECONDS, StartUp, Versions
from aoi_modules.serving.model_config import ServedModel
from aoi_modules.serving.monitoring import Monitor, read_config
from aoi_modules.serving.workers import Workers
from aoi_modules.settings import settings

log = logging.getLogger(__name__)

QUIET_SECONDS = 2.0
"""So long a start says nothing of the models that it waits for: most have been loaded by then."""
UNDER_WAY = 64
"""Requests that are read, or whose answers are written, at once. None of them waits for its model; see `job`."""


def run(flags: Flags) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises:
        SettingsError: flags or config file cannot be used.
        AoiError: a port cannot be had.
        ModelError: none of the models can be loaded.
    """
    if not flags.port and not flags.rest_api_port and not flags.grpc_socket_path:
        raise SettingsError("--port, --rest_api_port: both are off", hint="give one of them a port number")
    models = configured_models(flags)
    if flags.engine == "docker":
        from aoi_modules.serving.launchers import docker

        raise SystemExit(docker.run(flags, models))
    _check(flags)
    if not settings().arenas_chosen:
        allocator.limit_arenas(processors())
    event_loop.run(_serve(flags, models))


def _check(flags: Flags) -> None:
    """Refuses flags and their files before models load, not after.

    Raises:
        SettingsError: says which flag, and what is wrong with it.
    """
    flags.check()
    parameters.from_flags(enabled=flags.enable_batching, file=flags.batching_parameters_file)
    if flags.ssl_config_file:
        tls.credentials(Path(flags.ssl_config_file))


def configured_models(flags: Flags) -> list[ServedModel]:
    """Reads what to serve from the config file or the flags.

    Raises:
        SettingsError: neither is there, the file cannot be used, or the base path is on storage that is not served.
    """
    if flags.model_config_file:
        return model_config.read(Path(flags.model_config_file))
    if flags.model_base_path:
        return [ServedModel(flags.model_name, _base_path(flags))]
    raise SettingsError(
        "--model_base_path, --model_config_file: both are empty, so there is nothing to serve",
        hint="aoi serve --model_name tile --model_base_path models/tile",
    )


def _base_path(flags: Flags) -> Path:
    try:
        return base_path.read(flags.model_name, flags.model_base_path)
    except RpcError as error:
        raise SettingsError(f"--model_base_path: {error.message}", hint=error.hint) from None


async def _serve(flags: Flags, models: list[ServedModel]) -> None:
    stop = _stop_event()
    engines = EngineMetrics()
    versions = _versions(flags, models, engines)
    workers = Workers(max(UNDER_WAY, flags.run_threads))
    monitor = Monitor(read_config(Path(flags.monitoring_config_file)) if flags.monitoring_config_file else None)
    monitor.engines = engines
    health = Health()
    plane = DataPlane(versions, check_methods=flags.enable_signature_method_name_check, monitor=monitor)
    doors: dict[str, Door] = {}
    versions.start()
    config_seconds = flags.model_config_file_poll_wait_seconds if flags.model_config_file else 0.0
    config = ConfigPoll(Path(flags.model_config_file), config_seconds, versions)
    try:
        if await _loaded(versions, stop):
            await _open_doors(doors, flags, plane, workers, monitor, health)
            config.start()
            event_loop.settle()
            _announce(flags, doors)
            await stop.wait()
            log.info("stopping")
            health.stop_serving()
            await _drain(doors, flags.drain_seconds)
    finally:
        config.stop()
        await asyncio.gather(*(door.close() for door in doors.values()))
        workers.close()
        idle = await asyncio.to_thread(versions.close)
        if workers.busy() or engines.busy() or not idle:
            _leave()


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _versions(flags: Flags, models: list[ServedModel], engines: EngineMetrics) -> Versions:
    load_engine = engine_loader(
        EngineName(flags.engine),
        intra_op_threads=flags.intra_op_threads,
        inter_op_threads=flags.inter_op_threads,
        tags=flags.tags,
        gpu_memory_fraction=flags.per_process_gpu_memory_fraction,
    )
    rounds = max(1, flags.num_request_iterations_for_warmup)
    return Versions(
        models,
        Loader(
            load_engine,
            warm_up=flags.enable_model_warmup,
            warm_up_rounds=rounds,
            batching=parameters.from_flags(enabled=flags.enable_batching, file=flags.batching_parameters_file),
            per_model=flags.enable_per_model_batching_parameters,
            threads=flags.run_threads or max(flags.grpc_max_threads, flags.rest_api_num_threads),
            checks=flags.checks,
            metrics=engines,
        ),
        poll_seconds=flags.file_system_poll_wait_seconds,
        retries=Retries(flags.max_num_load_retries, flags.load_retry_interval_micros / 1e6),
        load_threads=flags.num_load_threads or processors(),
        early_labels=flags.allow_version_labels_for_unavailable_models,
        start_without_versions=flags.start_without_versions,
    )


async def _open_doors(
    doors: dict[str, Door], flags: Flags, plane: DataPlane, workers: Workers, monitor: Monitor, health: Health
) -> None:
    """Adds the doors that the flags ask for, one by one, so that the caller closes those that are open."""
    calls = CallLog(flags.slow_call_ms, every=flags.log_calls)
    if flags.port or flags.grpc_socket_path:
        as_content, answers = flags.enable_serialization_as_tensor_content, HeldAnswers()
        service = GrpcService(plane, workers, monitor, calls, answers, as_content=as_content)

        def with_services() -> grpc.aio.Server:
            server = grpc_server(flags)
            service.add_to(server)
            if flags.enable_grpc_healthcheck_service:
                health.add_to(server)
            return server

        doors["grpc"] = await GrpcDoor.open(flags, with_services, answers)
    if flags.rest_api_port:
        doors["rest"] = await RestDoor.open(flags, _rest_service(flags, plane, workers, monitor, calls))


def _rest_service(flags: Flags, plane: DataPlane, workers: Workers, monitor: Monitor, calls: CallLog) -> RestService:
    return RestService(
        plane,
        workers,
        timeout_seconds=flags.rest_api_timeout_in_ms / 1000,
        cors=flags.rest_api_enable_cors_support,
        monitor=monitor,
        calls=calls,
    )


async def _drain(doors: Mapping[str, Door], seconds: float) -> None:
    """Answers on for some time: others may learn only now that this server is to be asked no more."""
    for door in doors.values():
        door.turn_away()
    await asyncio.sleep(seconds)


async def _loaded(versions: Versions, stop: asyncio.Event) -> bool:
    """Waits until the models can answer; False when the server was told to stop meanwhile."""
    waiting = _Waiting(versions)
    while not stop.is_set():
        state = versions.start_up()
        if state is StartUp.READY:
            return True
        if state is StartUp.FAILED:
            failures = versions.failures()
            raise ModelError(
                f"Failed to start server. {len(failures)} servable(s) did not become available:\n  "
                + "\n  ".join(failures)
            )
        waiting.tell()
        await asyncio.sleep(CHECK_SECONDS)
    return False


class _Waiting:
    """Says in the log for which models a start waits: once it takes long, and whenever that changes."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._due = time.monotonic() + QUIET_SECONDS
        self._told: dict[str, str] = {}

    def tell(self) -> None:
        """Writes the line, if it is new."""
        if time.monotonic() < self._due:
            return
        awaited = self._versions.awaited()
        if awaited and awaited != self._told:
            reasons = "; ".join(f"{name}: {why}" for name, why in awaited.items())
            log.warning("no port is open yet; the start waits for %s (%s)", ", ".join(awaited), reasons)
        self._told = awaited


def _announce(flags: Flags, doors: dict[str, Door]) -> None:
    used = {name: door.port for name, door in doors.items() if door.port is not None}
    log.info("ready: %s", ", ".join(f"{name} port {port}" for name, port in used.items()) or "unix socket")
    if flags.ready_file:
        write_ready_file(Path(flags.ready_file), used)


def _leave() -> NoReturn:
    """Ends the process now. The interpreter would wait for a model that still computes or loads; the grace is over."""
    log.warning("a model is still being run or loaded after the grace period; it is given up")
    logging.shutdown()
    os._exit(0)
