"""How many small mistakes the tests catch: `python -m tests.mutations`.

It makes 200 mistakes in the modules of `parts.py`, chosen by a fixed seed and equally many a part, runs the tests of
the module against each, and prints those that no test caught. It takes some minutes, so CI does not run it.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

import click

from tests.mutations.mutants import Mutant, mutants
from tests.mutations.parts import PARTS, ROOT, Part, is_equivalent
from tests.mutations.trials import Trial, load_heavy_libraries, run

SHARE = 0.85
"""Of the mistakes that can be caught, so many have to be."""


def chosen(part: Part, count: int, seed: int) -> list[Mutant]:
    """Returns mistakes of a part by chance, without those that change nothing."""
    found = [mutant for module in part.paths() for mutant in mutants(module) if not is_equivalent(mutant)]
    return random.Random(seed).sample(found, min(count, len(found)))


def main() -> str | None:
    """Prints survivors and shares; returns what is wrong, None if enough was caught."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=200, help="mistakes in all (200)")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--part", choices=list(PARTS), action="append", help="only this part; may be repeated")
    wanted = parser.parse_args()
    names = wanted.part or list(PARTS)
    load_heavy_libraries()
    with tempfile.TemporaryDirectory() as scratch:
        whole = [Trial(None, [ROOT / "tests" / PARTS[name].tests]) for name in names]
        if any(trial.caught for trial in run(whole, Path(scratch), wanted.processes)):
            return "the tests fail without any mistake; repair them first"
        caught = [_tried(name, wanted, len(names), Path(scratch)) for name in names]
    total, of = sum(one for one, _ in caught), sum(all_ for _, all_ in caught)
    click.echo(f"all: {total} of {of} caught, {total / of:.0%}")
    return None if total >= SHARE * of else f"fewer than {SHARE:.0%} of the mistakes were caught"


def _tried(name: str, wanted: argparse.Namespace, parts: int, scratch: Path) -> tuple[int, int]:
    """Tries a part's mistakes; returns how many were caught, and of how many."""
    part = PARTS[name]
    trials = [Trial(one, list(part.stages(one.module))) for one in chosen(part, wanted.count // parts, wanted.seed)]
    survivors = [trial.mutant for trial in run(trials, scratch, wanted.processes) if not trial.caught]
    count = len(trials) - len(survivors)
    click.echo(f"{name}: {count} of {len(trials)} caught, {count / len(trials):.0%}")
    for mutant in sorted(filter(None, survivors), key=lambda one: (one.module, one.line)):
        click.echo(f"  survived  {str(mutant).removeprefix(f'{ROOT}/')}  (in {mutant.function or 'the module'})")
    return count, len(trials)


if __name__ == "__main__":
    sys.exit(main())
