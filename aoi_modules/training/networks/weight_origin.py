"""Finds where a backbone's ImageNet weights come from: a file, Keras' own download, or nowhere. No TensorFlow."""

import contextlib
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aoi_modules.datasets.sources.weights import find_first
from aoi_modules.settings import Settings, settings
from aoi_modules.training.networks.catalogue import Backbone

RANDOM = "random"
DOWNLOAD = "download"
DOWNLOAD_TIMEOUT = 30.0
"""Seconds that Keras' own download may wait for the next bytes."""


@dataclass(frozen=True)
class Origin:
    """The place that weights would come from.

    Args:
        place: `mirror`, `cache`, `Keras' cache`, `download` or `random`.
        path: of the file, when it is on this machine.
    """

    place: str
    path: Path | None = None


def origin(backbone: Backbone, *, given: Settings | None = None) -> Origin:
    """Looks for weights on this machine. No server is asked, so a `download` may still fail.

    Raises:
        ChecksumError: a weights file is damaged.
    """
    given = given or settings()
    found = find_first(backbone.files, given=given)
    if found is not None:
        return Origin(*found)
    return Origin(DOWNLOAD if backbone.keras_url and not given.offline else RANDOM)


@contextlib.contextmanager
def bounded_download() -> Iterator[None]:
    """Gives Keras' downloads a timeout, and prints what they say to standard error, while the block runs."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_TIMEOUT)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        socket.setdefaulttimeout(before)
