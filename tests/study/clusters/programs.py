"""Programs in place of kubectl for tests: a few lines of shell that answer as it would."""

from pathlib import Path


def written(path: Path, *lines: str) -> Path:
    """A program of these lines."""
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    return path
