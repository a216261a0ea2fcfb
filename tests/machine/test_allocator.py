"""How many arenas a process takes for many threads, as glibc itself counts them."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no arenas")

PROGRAM = """
import ctypes, sys, threading
from aoi_modules.machine.allocator import limit_arenas

limit_arenas(int(sys.argv[2]))
together = threading.Barrier(17)
keep = []

def allocate():
    keep.append(ctypes.create_string_buffer(20_000))
    together.wait()
    together.wait()

for _ in range(16):
    threading.Thread(target=allocate).start()
together.wait()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
together.wait()
"""


def arenas(tmp_path: Path, processors: int) -> int:
    report = tmp_path / "malloc.xml"
    command = [sys.executable, "-c", PROGRAM, str(report), str(processors)]
    subprocess.run(command, check=True, env={"PATH": ""}, timeout=240)
    return report.read_text().count("<heap nr=")


def test_two_a_processor(tmp_path: Path) -> None:
    assert [arenas(tmp_path, processors) for processors in (1, 2, 4)] == [2, 4, 8]


def test_what_was_freed_goes_back_to_the_system() -> None:
    """Small blocks stay with the allocator when they are freed, because one behind them is still used."""
    program = """
import ctypes
from aoi_modules.machine.allocator import give_back

def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
blocks = [libc.malloc(60_000) for _ in range(1000)]
for block in blocks:
    ctypes.memset(block, 1, 60_000)
last = libc.malloc(60_000)
for block in blocks:
    libc.free(block)
before = resident()
give_back()
print(before - resident())
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=240)
    assert int(done.stdout) > 40_000  # kB of 60,000
