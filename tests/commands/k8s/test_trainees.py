"""`aoi k8s trainees`, as who teaches calls it."""

from pathlib import Path

from tests.in_process import aoi


def test_names_come_from_the_line_and_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("ben\ncem\n")
    out = tmp_path / "class"
    ended = aoi("k8s", "trainees", "ann", "--names", tmp_path / "names.txt", "--out", out)
    assert (ended.returncode, ended.stdout) == (
        0,
        f"{out}: Jupyter for 3; aoi k8s secrets {out}/, then aoi k8s apply {out}/\n",
    ), ended.stderr
    listed = aoi("k8s", "secrets", f"{out}/", "--list")
    assert "jupyter/jupyter-cem" in listed.stdout.splitlines()


def test_a_bad_name_is_a_sentence(tmp_path: Path) -> None:
    ended = aoi("k8s", "trainees", "Ann", "--out", tmp_path)
    assert (ended.returncode, "expected a name of small letters" in ended.stderr) == (2, True)
