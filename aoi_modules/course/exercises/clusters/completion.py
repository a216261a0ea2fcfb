"""Exercise 2.4: completion and aliases in `.bashrc`, tried in a shell that is newly opened and presses Tab."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aoi_modules.course.checks import Hint, kind
from aoi_modules.course.exercises.clusters.files import BLANK
from aoi_modules.course.exercises.clusters.tasks import Task
from aoi_modules.errors import CourseError
from aoi_modules.study.clusters import release
from aoi_modules.study.clusters.shell import Shell

BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"
"""Where Debian's package puts it."""
_STAND_IN = """
# stands in for bash-completion: finds the words of a line
_get_comp_words_by_ref() {
  while [ "$#" -gt 0 ]; do case "$1" in -n) shift 2 ;; *) break ;; esac; done
  cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
}
"""
_KUBECTL = """#!/bin/sh
# stands in for kubectl: completes `rol` to `rollout`
[ "$1 $2" = "completion bash" ] || exit 1
cat <<'END'
__start_kubectl() {
  local cur prev words cword
  _get_comp_words_by_ref -n : cur prev words cword || return
  COMPREPLY=($(compgen -W "rollout run replace" -- "$cur"))
}
complete -o default -F __start_kubectl kubectl
END
"""
_MARK = "told about"
_ASKED = """
echo "told about aliases"; alias
for one in kubectl k; do
  echo "told about $one"; complete -p $one 2>&1
  COMP_WORDS=($one rol); COMP_CWORD=1; COMP_LINE="$one rol"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
  __start_kubectl $one 2>&1; echo "completed: ${COMPREPLY[*]}"
done
"""
"""What a new shell is asked: its aliases, what it calls at Tab behind a command, and what that makes of `rol`."""


def alias_of(task: Task) -> str:
    """The second alias of a trainee: kubectl in the own namespace."""
    return f"k{task.user[0]}"


def check_completion(answer: object, task: Task) -> str:
    """Opens a new shell with these lines and presses Tab behind both aliases; says what was seen.

    Raises:
        Hint: a line is missing or does something else.
    """
    lines = _lines(answer)
    try:
        with tempfile.TemporaryDirectory() as folder:
            shell, note = _shell(Path(folder), lines)
            told = _told(shell.opened(_ASKED).said)
            _check_aliases(told, task)
            for command in ("kubectl", "k"):
                _check_tab(command, told.get(command, ""))
    except CourseError as error:
        raise Hint(error.message) from None
    return f"in a new shell Tab makes `k rollout` of `k rol`, and `{alias_of(task)}` asks about {task.namespace}{note}"


def _lines(answer: object) -> str:
    if not isinstance(answer, str):
        raise Hint(f"found {kind(answer)}, expected the lines of .bashrc as text")
    if BLANK in answer or not answer.strip():
        raise Hint("a line is still open; write it")
    sourced = answer.find("kubectl completion")
    if sourced == -1:
        raise Hint("nothing asks kubectl for its completion: source <(kubectl completion bash)")
    if "zsh" in answer:
        raise Hint("found zsh; this shell is bash: kubectl completion bash")
    first = answer.find("bash_completion")
    if first == -1 or first > sourced:
        raise Hint(f"bash-completion comes first; before kubectl's own completion: source {BASH_COMPLETION}")
    if re.search(r"<\s+\(", answer):
        raise Hint("found a space between < and (; bash reads <( as one sign")
    return answer


def _shell(folder: Path, lines: str) -> tuple[Shell, str]:
    """A shell whose `.bashrc` has these lines, and what stands in where something is not on this machine."""
    home, programs = folder / "home", folder / "programs"
    for one in (home, programs):
        one.mkdir()
    program, _ = release.here()
    missing = []
    if program is None:
        (programs / "kubectl").write_text(_KUBECTL)
        (programs / "kubectl").chmod(0o755)
        missing.append("kubectl")
    else:
        (programs / "kubectl").symlink_to(program.resolve())
    if not Path(BASH_COMPLETION).is_file():
        stand_in = home / "bash_completion"
        stand_in.write_text(_STAND_IN)
        lines = re.sub(r"\S*/bash_completion\b", str(stand_in), lines)
        missing.append("bash-completion")
    (home / ".bashrc").write_text(f"{lines}\n")
    said = f"; {' and '.join(missing)} had a stand-in, since this machine has none" if missing else ""
    return Shell.at(home, [programs]), said


def _told(said: str) -> dict[str, str]:
    """What the shell said about each thing; what it said before stands under the empty name."""
    parts = re.split(rf"^{_MARK} (\w+)$", said, flags=re.MULTILINE)
    return {"": parts[0].strip(), **{name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}}


def _check_aliases(told: Mapping[str, str], task: Task) -> None:
    aliases = dict(re.findall(r"^alias (\w+)='(.*)'$", told.get("aliases", ""), re.MULTILINE))
    if aliases.get("k") != "kubectl":
        found = aliases.get("k")
        why = (
            f"found k='{found}'"
            if found
            else f"a new shell knows no k; it said: {' '.join(told[''].split()) or 'nothing'}"
        )
        raise Hint(f"{why}; expected alias k=kubectl, without a space at the =")
    second = alias_of(task)
    meant = aliases.get(second)
    if meant is None:
        raise Hint(f"a new shell knows no {second}; expected an alias for kubectl in {task.namespace}")
    if not re.fullmatch(rf"(kubectl|k) (--namespace[= ]|-n[ =]?){task.namespace}", meant):
        raise Hint(f"{second}: found '{meant}', expected kubectl --namespace {task.namespace}")


def _check_tab(command: str, told: str) -> None:
    """Wants bash to call kubectl's own completion at Tab behind a command, and a whole word to come of it."""
    rule, _, done = told.partition("\n")
    if "__start_kubectl" not in rule:
        raise Hint(
            f"Tab behind {command} completes nothing of kubectl's; bash says: {rule or 'nothing'}. "
            f"An alias has to be said: complete -o default -F __start_kubectl {command}"
        )
    if "completed: rollout" not in done:
        lines = [line for line in done.splitlines() if not line.startswith(("completed:", "bash: compopt"))]
        raise Hint(f"Tab behind `{command} rol` gives no rollout; bash says: {lines[-1] if lines else 'nothing'}")
