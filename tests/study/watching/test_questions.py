"""Every question is one that Prometheus can read, and each is asked in the window that was given."""

import subprocess
from pathlib import Path

import yaml

from aoi_modules.study.watching import questions
from tests import services


def test_each_window_is_that_of_the_shift() -> None:
    for query in questions.panels("7s").values():
        assert "[7s]" in query
        assert query.count("[") == query.count("[7s]")


def test_all_are_known_that_are_drawn() -> None:
    known = questions.known(("tile", "shirt"), "5s")
    assert set(questions.drawn("tile", "5s")) <= set(known)
    assert set(questions.drawn("shirt", "5s")) <= set(known)


@services.need(services.PROMETHEUS)
def test_prometheus_reads_all_of_them(tmp_path: Path) -> None:
    asked = questions.known(("tile", "shirt"), "5s")
    rules = [{"record": f"aoi:number:{number}", "expr": query} for number, query in enumerate(asked)]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    command = [services.path_of("promtool"), "check", "rules", str(tmp_path / "rules.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(asked)} rules found" in done.stdout
