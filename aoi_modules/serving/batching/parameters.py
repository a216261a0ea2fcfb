"""How requests are put together: `--enable_batching` and the file of `--batching_parameters_file`."""

from dataclasses import dataclass, replace
from pathlib import Path

from aoi_modules.errors import SettingsError
from aoi_modules.serving import text_config
from aoi_modules.wire.messages import BatchingParameters

PER_MODEL_FILE = "batching_params.pbtxt"
"""Parameters of one version, in its directory, for --enable_per_model_batching_parameters."""
LEAST = {
    "max_batch_size": 1,
    "batch_timeout_micros": 0,
    "max_enqueued_batches": 1,
    "num_batch_threads": 1,
    "max_execution_batch_size": 1,
}
"""The parameters that count something, and the least that each may be."""
FREE = ("enable_large_batch_splitting", "thread_pool_name")
"""The parameters that may have any value."""


@dataclass(frozen=True)
class Batching:
    """TensorFlow Serving's batching parameters, under its names and with its defaults.

    Args:
        max_batch_size: most rows of a batch.
        batch_timeout_micros: microseconds that a request waits for others.
        max_enqueued_batches: batches that may wait; a request beyond them is refused.
        num_batch_threads: batches that run at once; 0: as many as there are processors.
        allowed_batch_sizes: sizes that a batch is padded to; the last is `max_batch_size`. () for any.
        pad_variable_length_inputs: pad inputs of unequal shapes to the largest, so that they share a batch.
        enable_large_batch_splitting: split a request of more rows than `max_execution_batch_size`.
        max_execution_batch_size: most rows that run at once when large requests are split.
        thread_pool_name: of the threads that run batches, for the metrics.
    """

    max_batch_size: int = 1000
    batch_timeout_micros: int = 0
    max_enqueued_batches: int = 10
    num_batch_threads: int = 0
    allowed_batch_sizes: tuple[int, ...] = ()
    pad_variable_length_inputs: bool = False
    enable_large_batch_splitting: bool = False
    max_execution_batch_size: int = 0
    thread_pool_name: str = "model_server_batch_threads"


def from_flags(*, enabled: bool, file: str) -> Batching | None:
    """Reads what the flags ask for; None without batching.

    Raises:
        SettingsError: a file without --enable_batching, or one that cannot be used.
    """
    if not enabled and file:
        raise SettingsError(
            "--batching_parameters_file is set without setting --enable_batching to true",
            hint="add --enable_batching, or leave the file out",
        )
    if not enabled:
        return None
    return read(Path(file), "--batching_parameters_file") if file else Batching()


def of_version(folder: Path, common: Batching) -> Batching | None:
    """Reads the parameters of one version from its directory. None without a file there: nothing is merged then.

    Args:
        folder: the version directory.
        common: the parameters of the server, of which only its threads count.

    Raises:
        SettingsError: the file cannot be used.
    """
    file = folder / PER_MODEL_FILE
    if not file.is_file():
        return None
    own = read(file, "--enable_per_model_batching_parameters")
    return replace(own, num_batch_threads=common.num_batch_threads, thread_pool_name=common.thread_pool_name)


def read(path: Path, origin: str) -> Batching:
    """Reads a file of batching parameters; `origin` names in errors where its name came from.

    Raises:
        SettingsError: it is missing, is none, or its values do not fit together.
    """
    example = "expected, for example: max_batch_size { value: 32 } batch_timeout_micros { value: 1000 }"
    message = text_config.read(path, BatchingParameters, origin, example)
    return _checked(message, f"{origin}: {path}")


def _checked(message: BatchingParameters, origin: str) -> Batching:
    given = {name: getattr(message, name).value for name in (*LEAST, *FREE) if message.HasField(name)}
    for name, least in LEAST.items():
        if name in given and given[name] < least:
            raise SettingsError(f"{origin}: {name}: expected at least {least}. Received: {given[name]}")
    batching = Batching(
        **given,
        allowed_batch_sizes=tuple(message.allowed_batch_sizes),
        pad_variable_length_inputs=message.pad_variable_length_inputs,
    )
    _check_sizes(batching, origin)
    return batching


def _check_sizes(batching: Batching, origin: str) -> None:
    sizes = batching.allowed_batch_sizes
    if any(size < 1 for size in sizes) or list(sizes) != sorted(set(sizes)):
        raise SettingsError(
            f"{origin}: allowed_batch_sizes entries must be monotonically increasing. Received: {list(sizes)}"
        )
    split = batching.enable_large_batch_splitting
    if split and batching.max_execution_batch_size > batching.max_batch_size:
        raise SettingsError(
            f"{origin}: max_execution_batch_size must be less than or equal to max_batch_size. "
            f"Received: {batching.max_execution_batch_size} and {batching.max_batch_size}"
        )
    last = (batching.max_execution_batch_size or batching.max_batch_size) if split else batching.max_batch_size
    if sizes and sizes[-1] != last:
        what = "max_execution_batch_size" if split and batching.max_execution_batch_size else "max_batch_size"
        raise SettingsError(
            f"{origin}: Last entry in allowed_batch_sizes must match {what}; last entry was {sizes[-1]}; "
            f"expected {last}"
        )
