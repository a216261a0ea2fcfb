"""`aoi k8s empty`, as a user calls it."""

from pathlib import Path

from tests.cluster.live.api import Api
from tests.cluster.live.objects import ready_at_once
from tests.cluster.live.test_emptying import GATEWAY, end_at_once, scaled
from tests.cluster.overlays import one, overlay
from tests.commands.k8s.mine import write_overlay
from tests.in_process import aoi


def test_what_scaling_down_left_is_stored_and_told(api: Api, tmp_path: Path) -> None:
    bare = {**GATEWAY, "spec": {**GATEWAY["spec"], "template": {"metadata": {}, "spec": {"containers": []}}}}
    mine = write_overlay(tmp_path, [one(overlay("local"), "Namespace", "aoi"), bare])
    ready_at_once(api)
    assert aoi("k8s", "apply", mine, "--within", 0).returncode == 0
    scaled(api, 1, "spool-gateway-0")
    nothing = aoi("k8s", "empty", mine)
    assert (nothing.returncode, nothing.stdout) == (0, "mine: no gateway that was scaled away left a claim\n")
    scaled(api, 1, "spool-gateway-0", "spool-gateway-1")
    end_at_once(api)
    ended = aoi("k8s", "empty", mine)
    assert (ended.returncode, ended.stdout) == (0, "spool-gateway-1: 4096 bytes of the spool were stored\n")
    assert "it may go: kubectl -n aoi delete pvc spool-gateway-1" in ended.stderr
    end_at_once(api, failing="-1")
    ended = aoi("k8s", "empty", mine)
    assert (ended.returncode, "spool-gateway-1: something may be left: Job has" in ended.stdout) == (1, True)


def test_what_was_never_applied_is_told(api: Api) -> None:
    ended = aoi("k8s", "empty", "local")
    assert (ended.returncode, "the cluster has nothing of it" in ended.stderr) == (1, True)
