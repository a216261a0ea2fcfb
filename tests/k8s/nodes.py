"""Nodes that come and go, where AOI_CLUSTER names the program of the cluster's owner that does it.

`PROGRAM up` prints lines of `export NAME=VALUE` for a shell, KUBECONFIG among them; `PROGRAM lose NODE` takes a node's
power and `PROGRAM return NODE` gives it back; `PROGRAM gpus N` lets each node offer so many GPUs.
"""

import os
import subprocess


def known() -> bool:
    """Whether there is such a program."""
    return bool(os.environ.get("AOI_CLUSTER"))


def lose(node: str) -> None:
    """Takes a node's power."""
    _told("lose", node)


def give_back(node: str) -> None:
    """Gives it back, and waits until the node is Ready."""
    _told("return", node)


def offer_gpus(number: int) -> None:
    """Lets each node offer so many GPUs, which need not be there."""
    _told("gpus", str(number))


def _told(*words: str) -> None:
    done = subprocess.run([os.environ["AOI_CLUSTER"], *words], capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, f"{words}: {done.stderr}"
