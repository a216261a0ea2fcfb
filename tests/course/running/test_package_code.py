"""The package as files: what changes its hash, and which functions it defines."""

from pathlib import Path

from aoi_modules.course.running import package_code


def package(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_package_is_hashed_by_name_and_content(tmp_path: Path) -> None:
    versions = [{"a.py": "1"}, {"a.py": "2"}, {"b.py": "2"}, {"b.py": "2", "inner/c.j2": ""}]
    hashes = [package_code.package_sha256(package(tmp_path / str(at), files)) for at, files in enumerate(versions)]
    assert len(set(hashes)) == len(versions)


def test_the_place_and_what_python_leaves_beside_change_nothing(tmp_path: Path) -> None:
    first = package(tmp_path / "first", {"a.py": "1"})
    second = package(tmp_path / "second", {"a.py": "1", "__pycache__/a.pyc": "compiled"})
    assert package_code.package_files(second) == [second / "a.py"]
    assert package_code.package_sha256(first) == package_code.package_sha256(second)


def test_public_functions_of_all_modules(tmp_path: Path) -> None:
    text = "def one(): ...\nasync def two(): ...\ndef _three(): ...\nclass Four:\n    def five(self): ...\n"
    folder = package(tmp_path / "package", {"a.py": text, "inner/b.py": "def six(): ...", "c.txt": "def seven(): ..."})
    assert package_code.package_functions(folder) == {"one", "two", "six"}
    assert {"check", "read", "judge_score"} <= package_code.package_functions()
