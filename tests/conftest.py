import gc
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from aoi_modules.settings import settings
from tests import services
from tests.postgresql import PostgreSQL, running_postgresql
from tests.seaweedfs import NEED, SeaweedFS, running_seaweedfs

# A machine that does something else meanwhile is no failure; nothing here asserts a time.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")

LONGEST = (
    "tests/test_readme.py",
    "tests/serving/test_server.py",
    "tests/e2e/",
    "tests/training/fitting/test_learning.py",
    "tests/commands/test_train.py",
    "tests/course/running/",
    "tests/training/fitting/test_backup.py",
    "tests/training/test_run.py",
    "tests/commands/test_course.py",
    "tests/serving/test_hostile.py",
)
"""Begun first, the longest one foremost, so that no long file is left for one core at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest files first, in the order of LONGEST."""
    places = {path: place for place, path in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        return next((place for path, place in places.items() if item.nodeid.startswith(path)), len(LONGEST))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Takes the modules that tests imported out of the garbage collector's rounds; they stay to the end anyway."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test whose services are not there fails in CI, and is left out elsewhere. A cluster is changed on demand."""
    services.check(item)
    if item.get_closest_marker("cluster") and item.config.getoption("markexpr") != "cluster":
        pytest.skip("a cluster is changed by `make cluster-test` alone")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """The last lines name what was not tested, and how it could be."""
    yield
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", ())]
    for sentence in services.missing_of([reason[2] for reason in skipped if isinstance(reason, tuple | list)]):
        terminalreporter.write_line(f"not tested: {sentence}", yellow=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A PostgreSQL server, one for each process that tests."""
    with running_postgresql() as server:
        yield server


@pytest.fixture
def postgresql(postgresql_server: PostgreSQL) -> Iterator[PostgreSQL]:
    """The server, which runs, for one test, whose databases are dropped after it. Who uses it is marked so."""
    yield postgresql_server
    postgresql_server.start()  # a test that failed may have left it stopped
    postgresql_server.drop_databases()


@pytest.fixture(scope="session")
def seaweedfs() -> Iterator[SeaweedFS]:
    """An S3 server, one for each process that tests. Who uses it is marked as in need of it."""
    with running_seaweedfs() as server:
        yield server


@pytest.fixture
def bucket_url(seaweedfs: SeaweedFS, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where an empty place in a bucket is; this process has the keys for it. Who uses it is marked likewise."""
    for name, value in seaweedfs.keys.items():
        monkeypatch.setenv(name, value)
    return seaweedfs.new_place()


@pytest.fixture(params=["folder", pytest.param("s3", marks=NEED)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty place of objects is, of each kind."""
    return str(tmp_path / "place") if request.param == "folder" else str(request.getfixturevalue("bucket_url"))


@pytest.fixture(scope="module")
def bare_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A machine without weights and network; what one test of a file computed, the next one finds in the cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AOI_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("AOI_OFFLINE", "1")
        patch.delenv("AOI_DATA_DIR", raising=False)
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """SIGINT as on a terminal. Whoever starts the tests may ignore it, as a job in the background, and so do we."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
