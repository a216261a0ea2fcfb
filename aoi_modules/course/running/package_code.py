"""The package as files: its content in one hash, and the functions that it defines."""

import ast
import hashlib
from functools import cache
from pathlib import Path

from aoi_modules.course.material import PACKAGE
from aoi_modules.modelstore.version_dir import file_sha256


def package_files(package: Path = PACKAGE) -> list[Path]:
    """Every file of the package that a lesson could depend on, sorted."""
    return sorted(path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


@cache
def package_sha256(package: Path = PACKAGE) -> str:
    """One hash over names and contents, computed once a process: all lessons of a run depend on the same package."""
    digest = hashlib.sha256()
    for path in package_files(package):
        digest.update(f"{path.relative_to(package).as_posix()}\0{file_sha256(path)}\n".encode())
    return digest.hexdigest()


def package_functions(package: Path = PACKAGE) -> frozenset[str]:
    """The names of all public functions at the top of the package's modules."""
    modules = (ast.parse(path.read_text(encoding="utf-8")) for path in package_files(package) if path.suffix == ".py")
    return frozenset(
        node.name
        for module in modules
        for node in module.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_")
    )
