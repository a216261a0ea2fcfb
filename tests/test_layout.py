"""The tree keeps to its own rules: a test for each module, small rooms, true names, one reader of the environment.

Every exception stands in a list here with its reason. An exception that is no longer needed fails, too, so that the
lists stay as short as they can be.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE, TESTS = ROOT / "aoi_modules", ROOT / "tests"
MOST_MODULES = 15
MOST_LINES = 400

COVERED = {
    "results/database/migrations/env.py": (
        "tests/results/database/test_migrating.py",
        "run by Alembic, once a migration",
    ),
    "results/database/migrations/versions/v001_inspections.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v002_review.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v003_limits.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v004_seen.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v005_people.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v006_counting.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v007_checks.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v008_dispositions.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/database/migrations/versions/v009_summing.py": (
        "tests/results/database/test_migrating.py",
        "a step of the migrations, which are tested whole",
    ),
    "results/sinks/delivery.py": ("tests/results/sinks/test_forwarder.py", "plain values and an interface"),
    "datasets/folder/labelled_rows.py": ("tests/datasets/folder/test_class_rows.py", "two plain values, made there"),
    "export/reading.py": ("tests/export/readers/test_formats.py", "a plain value, which each reader's tests set"),
    "serving/engine.py": ("tests/serving/engines/test_openvino.py", "an interface; each engine's tests go through it"),
}
"""Module -> the test that plainly covers it, and why it has none of its own."""

OTHER_FOLDERS = ("ci", "docker", "e2e", "examples", "howto", "k8s", "mutations", "notebooks")
"""Folders of tests that look at something else than one module."""
OTHER_TESTS = {
    "test_causes.py": "what is caught, in all modules",
    "test_conftest.py": "the order in which tests run",
    "test_contributing.py": "CONTRIBUTING.md, the Makefile, and what runs before a commit and in CI",
    "test_dependencies.py": "pyproject.toml, requirements.lock and environment.yml",
    "test_layout.py": "the tree",
    "test_readme.py": "README.md",
    "commands/test_data_check.py": "`aoi data check`",
    "commands/asking/test_predict_features.py": "`aoi predict` with a table of features",
    "gateway/test_embedded.py": "the gateway before a real model server",
    "gateway/test_locked.py": "a line whose station is locked",
    "gateway/doors/access/test_hostile.py": "hostile input at login, sessions, keys and addresses",
    "gateway/test_hostile.py": "hostile input to a whole gateway",
    "pictures/test_doors.py": "the same picture files at all doors",
    "serving/engines/test_without_tensorflow.py": "what the server imports",
    "serving/lifecycle/test_releases.py": "base paths that are swapped or replaced",
    "serving/test_hostile.py": "hostile input to a whole server",
    "serving/test_reload.py": "new versions under load",
    "serving/test_saved_model_tags.py": "a flag from the command to the engine",
    "training/test_full_disk.py": "a disk that fills during a training",
}
"""Test -> what it tests, where that is no single module."""

ENVIRONMENT = {"settings.py": "the one reader"}
AT_IMPORT = {
    "results/database/migrations/env.py": "Alembic runs it as a script, once a migration",
    "tf.py": "importing TensorFlow quietly is what this module is for",
}
PRIVATE = {
    (
        "export/readers/keras_files/h5_weights.py",
        "_flatten_layers",
    ): "Keras has no public walk over all layers in a layer",
    ("serving/engines/tensorflow.py", "_as_tf_output"): "TensorFlow has no public way to name an output for its C API",
    (
        "serving/engines/tensorflow.py",
        "_call_tf_sessionrun",
    ): "Session.run takes several times as long with a small model",
    ("serving/server.py", "_exit"): "Python's documented way to end at once",
}
"""Module and attribute -> why it reaches for what another module or library keeps to itself."""

MAKES_SHARED_STATE = {
    "Lock", "RLock", "Condition", "Event", "Semaphore", "BoundedSemaphore", "Thread", "local", "Queue", "SimpleQueue",
    "ThreadPoolExecutor", "ProcessPoolExecutor", "Popen", "Checker", "DescriptorPool",
}  # fmt: skip
"""Calls that make something which changes, or which has to be closed."""


def modules() -> list[str]:
    """Every module, by its path below aoi_modules."""
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")


@cache
def tree(module: str) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text(encoding="utf-8"))


def mirrored(module: str) -> Path:
    """Where the tests of a module are."""
    path = Path(module)
    return TESTS / path.parent / f"test_{path.name}"


def test_every_module_has_its_test() -> None:
    without = {module for module in modules() if not mirrored(module).is_file()}
    assert without - set(COVERED) == set(), "write tests/FOLDER/test_NAME.py"


def test_the_exceptions_are_needed() -> None:
    without = {module for module in modules() if not mirrored(module).is_file()}
    assert set(COVERED) - without == set(), "these have a test of their own by now"
    for test, reason in COVERED.values():
        assert (ROOT / test).is_file(), test
        assert reason


def test_every_test_mirrors_a_module() -> None:
    tests = {path.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    others = {
        test.as_posix()
        for test in tests
        if test.parts[0] not in OTHER_FOLDERS
        and not (PACKAGE / test.parent / test.name.removeprefix("test_")).is_file()
    }
    assert others == set(OTHER_TESTS)


def test_no_room_holds_too_many_modules() -> None:
    rooms = Counter(Path(module).parent.as_posix() for module in modules())
    assert {room: number for room, number in rooms.items() if number > MOST_MODULES} == {}


def test_every_room_says_in_two_sentences_what_it_is() -> None:
    for path in PACKAGE.rglob("*.py"):
        room = path.parent / "__init__.py"
        assert room.is_file(), f"{path.parent.relative_to(ROOT)} has no __init__.py"
        text = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
        text = text.partition("\n\nSource: ")[0]  # a data set also says whose paper to cite
        assert len(re.findall(r"[.!?](?=\s|$)", text)) == 2, f"{room.relative_to(ROOT)}: {text!r}"


def test_no_file_repeats_the_name_of_its_room() -> None:
    repeated = {module for module in modules() if _words(Path(module).stem) & _words(Path(module).parent.name)}
    assert repeated == set()


def _words(name: str) -> set[str]:
    """The words of a name, without the s of a plural."""
    return {word.removesuffix("s") for word in name.split("_") if word}


def test_no_file_is_too_long() -> None:
    paths = [*PACKAGE.rglob("*.py"), *TESTS.rglob("*.py")]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in paths}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_only_the_settings_read_the_environment() -> None:
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    readers = {module for module in modules() if names & set(_names_of(tree(module), "os"))}
    assert readers == set(ENVIRONMENT)


def _names_of(parsed: ast.Module, library: str) -> Iterator[str]:
    """What a module takes from a library, as `library.name` or by `from library import name`."""
    for node in ast.walk(parsed):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == library:
            yield node.attr
        if isinstance(node, ast.ImportFrom) and node.module == library:
            yield from (name.name for name in node.names)


def test_nothing_is_imported_by_a_star_or_by_a_private_name() -> None:
    for module in modules():
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.ImportFrom):
                bad = [name.name for name in node.names if name.name == "*" or name.name.startswith("_")]
                assert not bad, f"{module}: from {node.module} import {', '.join(bad)}"


def test_private_attributes_stay_in_their_module() -> None:
    found = {(module, name) for module in modules() for name in _foreign_private_names(tree(module))}
    assert found == set(PRIVATE)


def _foreign_private_names(parsed: ast.Module) -> Iterator[str]:
    """Private attributes that a module uses and does not make: another module's, or a base class's of another one."""
    own = set(_made(parsed))
    for node in ast.walk(parsed):
        if isinstance(node, ast.Attribute) and re.match(r"_[^_]", node.attr) and node.attr not in own:
            yield node.attr


def _made(parsed: ast.Module) -> Iterator[str]:
    """Names that a module gives to attributes, functions, classes and variables."""
    for node in ast.walk(parsed):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.attr if isinstance(node, ast.Attribute) else node.id
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def test_nothing_happens_at_import() -> None:
    """No statement but definitions; what a module makes at import is a value that nobody changes."""
    busy = {module for module in modules() if any(_acts(statement) for statement in tree(module).body)}
    assert busy == set(AT_IMPORT)
    holders = {module for module in modules() if any(_holds_state(statement) for statement in tree(module).body)}
    assert holders == set()


def _acts(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Call)
    return isinstance(statement, ast.With | ast.For | ast.While | ast.Try | ast.Delete)


def _holds_state(statement: ast.stmt) -> bool:
    """An empty list, dict or set waits to be filled; a lock, a pool or a thread is shared by all that import it."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    value = statement.value
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return called in MAKES_SHARED_STATE or (
            called in ("dict", "list", "set") and not (value.args or value.keywords)
        )
    return isinstance(value, ast.Dict | ast.List) and not ast.unparse(value).strip("{}[]")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import x\nx._hidden", {"_hidden"}),
        ("x.__class__", set()),
        ("class A(B):\n    def f(self): return self._of_b", {"_of_b"}),
        ("class A:\n    def __init__(self): self._own = 1\ndef f(a): return a._own", set()),
    ],
)
def test_private_names_are_found(source: str, names: set[str]) -> None:
    assert set(_foreign_private_names(ast.parse(source))) == names


@pytest.mark.parametrize(
    ("source", "acts", "holds"),
    [
        ("register()", True, False),
        ("for x in y: pass", True, False),
        ("'a docstring'", False, False),
        ("CACHE = {}", False, True),
        ("CACHE: dict[str, int] = dict()", False, True),
        ("lock = threading.Lock()", False, True),
        ("NAMES = {'a': 1}", False, False),
        ("log = logging.getLogger(__name__)", False, False),
    ],
)
def test_what_happens_at_import_is_found(source: str, acts: bool, holds: bool) -> None:
    (statement,) = ast.parse(source).body
    assert (_acts(statement), _holds_state(statement)) == (acts, holds)
