"""`aoi results` knows all its commands."""

from tests import in_process


def test_help_lists_all_commands() -> None:
    told = in_process.aoi("results", "--help").stdout
    for name in (
        "backup",
        "restore",
        "export",
        "dataset",
        "compare",
        "affected",
        "reinspect",
        "expire",
        "hold",
        "release",
        "resend",
        "forget",
    ):
        assert f"\n  {name} " in told
