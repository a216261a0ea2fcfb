import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from aoi_modules.datasets.sources.catalogue import DataSet, RemoteFile, by_name
from aoi_modules.settings import Settings
from tests.datasets.file_server import SMALL_FILES, FileServer, handler


@pytest.fixture
def files() -> Iterator[FileServer]:
    state = FileServer()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(state))
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    """Settings of a machine of its own: a mirror folder that is empty, a cache, no other place."""
    return Settings(course_dir=tmp_path, data_dir=tmp_path / "mirror", cache_dir=tmp_path / "cache", plain=True)


@pytest.fixture
def small_set(files: FileServer) -> DataSet:
    """A set of two files, offered by the file server, with known checksums like Fashion-MNIST's."""
    files.files |= {f"/{name}": content for name, content in SMALL_FILES.items()}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in SMALL_FILES.items()}
    return replace(
        by_name("fashion-mnist"),
        members=lambda: tuple(SMALL_FILES),
        known_sums=lambda root: sums,
        remote=tuple(
            RemoteFile(name, (f"{files.url}/{name}",), sums[name], len(content))
            for name, content in SMALL_FILES.items()
        ),
        system_dir=None,
    )
