"""Which cluster, and whether it may be changed, said alike by all commands."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.decorator import with_value
from aoi_modules.errors import ClusterError

if TYPE_CHECKING:
    from aoi_modules.cluster.live.connection import Cluster

_CONTEXT = click.option("--context", help="Of the kubeconfig. Default: its current one.")
_YES = click.option("--yes", is_flag=True, help="Change a cluster that is not on this machine without being asked.")


def cluster_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command that looks at a cluster its options; it takes them as `reached`."""
    return with_value(function, (_CONTEXT,), keyword="reached", names=["context"], make=Reached)


def changing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command that changes a cluster its options; it takes them as `reached`."""
    names = [field.name for field in fields(Reached)]
    return with_value(function, (_CONTEXT, _YES), keyword="reached", names=names, make=Reached)


@dataclass(frozen=True)
class Reached:
    """A cluster, and what was said about changing it."""

    context: str | None
    yes: bool = False

    def open(self) -> "Cluster":
        """The cluster, to look at.

        Raises:
            ClusterError: see `Cluster`.
        """
        from aoi_modules.cluster.live.connection import Cluster

        return Cluster(self.context)

    def open_to_change(self, what: str) -> "Cluster":
        """The cluster, to change: one on this machine at once, another one when its name was said or somebody agrees.

        Args:
            what: is going to be done, for the question.

        Raises:
            ClusterError: nobody agreed; or see `Cluster`.
        """
        cluster = self.open()
        if cluster.local or self.yes or self.context is not None:
            return cluster
        question = f"{what} in the cluster {cluster.context} at {cluster.server}?"
        if sys.stdin is None or not sys.stdin.isatty():
            cluster.close()
            raise ClusterError(f"{question} Nobody can be asked here", hint=f"--context {cluster.context}, or --yes")
        if not click.confirm(question, err=True):
            cluster.close()
            raise ClusterError("nothing was changed")
        return cluster
