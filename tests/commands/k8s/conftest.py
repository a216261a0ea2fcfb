"""A cluster for commands."""

from tests.cluster.live.conftest import api

__all__ = ["api"]
