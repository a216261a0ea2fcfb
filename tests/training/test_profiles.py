"""Profiles by name, in a module that the course and the commands can import at once."""

import subprocess
import sys

import pytest

from aoi_modules.errors import ModelError
from aoi_modules.training import profiles


def test_names_are_those_of_the_entries() -> None:
    assert all(profiles.by_name(name).name == name for name in profiles.PROFILES)
    assert list(profiles.PROFILES) == ["ci", "cpu", "gpu"]


def test_a_larger_profile_does_no_less() -> None:
    ci, cpu, gpu = profiles.PROFILES.values()
    assert ci.epochs <= cpu.epochs <= gpu.epochs
    assert ci.head_epochs <= cpu.head_epochs <= gpu.head_epochs
    assert (cpu.train, gpu.train) == (None, None)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"expected one of ci, cpu, gpu\. Received: 'tpu'"):
        profiles.by_name("tpu")


def test_it_imports_nothing_heavy() -> None:
    script = (
        "import sys; import aoi_modules.training.profiles; "
        "print({'tensorflow', 'keras', 'numpy', 'sklearn', 'PIL', 'requests'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=True)
    assert done.stdout.strip() == "set()"
