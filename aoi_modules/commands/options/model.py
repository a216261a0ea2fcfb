"""What `aoi export` and `aoi merge` let people say about models: `--threshold 0.4`, or `--threshold short=0.4`."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from aoi_modules.commands.options.decorator import with_value
from aoi_modules.commands.options.good_classes import at_terminal
from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.reading import SCALINGS, Reading
from aoi_modules.modelstore.manifest import HeadKind

if TYPE_CHECKING:  # NumPy and TensorFlow come when a command runs, not when its help is shown
    from aoi_modules.datasets.folder import GoodClasses
    from aoi_modules.export.heads import Wish
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.modelstore.manifest import Head

_FOR_ONE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*)=(.+)")
NAMED_MODEL = "[NAME=]MODEL[#OUTPUT]"

# option, parameter, value, help; each may be given for all heads and for one
_FOR_HEADS = (
    ("--kind", "kinds", "KIND", "What the output means: defect, class or value."),
    ("--labels", "labels", "FILE", "Text file, one label a line."),
    ("--threshold", "thresholds", "T", "A defect score over it fails the part."),
    ("--good", "goods", "NAME", "A label of good parts, so that the head judges; may be repeated."),
    ("--size", "sizes", "HxW", "Height and width of the pictures, for a model that takes any."),
    ("--scaling", "scalings", "SCALING", "Pixels that a model wants and does not make itself: unit, tf, caffe, torch."),
    (
        "--features",
        "features",
        "A,B",
        "Names of the numbers beside each picture, if nothing else says them.",
    ),
    ("--inputs", "inputs", "X,Y", "Inputs of a frozen graph; what computes them is cut off."),
    ("--outputs", "outputs", "X,Y", "Outputs to keep; a frozen graph needs them."),
    ("--signature", "signatures", "NAME", "Of a SavedModel; default: serving_default."),
    ("--expect", "expects", "SAMPLES.npz", "Pictures with the scores that the author's framework gave."),
)
_REPEATED = ("--good",)
"""Options that may be given several times for one head."""
_FLAGS = {parameter: option for option, parameter, _, _ in _FOR_HEADS}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_READING = (
    *(
        click.option(option, parameter, multiple=True, metavar=f"[HEAD=]{value}", help=text)
        for option, parameter, value, text in _FOR_HEADS
    ),
    click.option(
        "--no-good", is_flag=True, help="No label of a class head is good: classes are named, nothing is judged."
    ),
    click.option("--allow-lambda", is_flag=True, help="Run Python code inside Keras files that you trust."),
    click.option("--sample", "samples", multiple=True, type=_FILE, help="Picture file to compare scores with."),
)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command all options of models that it reads; it takes them as `about`."""
    names = (*_FLAGS, "no_good", "allow_lambda", "samples")
    return with_value(function, _READING, keyword="about", names=names, make=About.of)


@dataclass(frozen=True)
class Said:
    """The values of one option: for heads by name, and for all the others."""

    option: str
    by_head: dict[str, tuple[str, ...]]
    general: tuple[str, ...]

    @classmethod
    def of(cls, option: str, values: Iterable[str]) -> "Said":
        """Sorts the values of an option, `HEAD=VALUE` or `VALUE`.

        Raises:
            click.UsageError: two are for one head, or for all heads, and the option has one value.
        """
        by_head: dict[str, tuple[str, ...]] = {}
        general: tuple[str, ...] = ()
        for value in values:
            if match := _FOR_ONE.fullmatch(value):
                by_head[match[1]] = (*by_head.get(match[1], ()), match[2])
            else:
                general = (*general, value)
        if option not in _REPEATED:
            if len(general) > 1:
                raise click.UsageError(f"{option}: twice without a head; say {option} HEAD={general[-1]}")
            for head, given in by_head.items():
                if len(given) > 1:
                    raise click.UsageError(f"{option} {head}={given[-1]}: twice for one head, it was {given[0]} before")
        return cls(option, by_head, general)

    def all_about(self, head: str | None) -> tuple[str, ...]:
        """What was said about a head, else about all; about no head in particular for None."""
        return self.by_head.get(head, self.general) if head is not None else self.general

    def about(self, head: str | None) -> str | None:
        """The one value that was said about a head, else about all."""
        return next(iter(self.all_about(head)), None)


@dataclass(frozen=True)
class About:
    """All that was said about the models on the command line."""

    kinds: Said
    labels: Said
    thresholds: Said
    goods: Said
    sizes: Said
    scalings: Said
    features: Said
    inputs: Said
    outputs: Said
    signatures: Said
    expects: Said
    no_good: bool
    allow_lambda: bool
    samples: tuple[Path, ...]

    @classmethod
    def of(cls, *, no_good: bool, allow_lambda: bool, samples: tuple[Path, ...], **values: tuple[str, ...]) -> "About":
        """Sorts what was said by the options of `reading_options`; `values` are those that may name a head.

        Raises:
            click.UsageError: two of them contradict each other.
        """
        said = {name: Said.of(_FLAGS[name], given) for name, given in values.items()}
        if no_good and values["goods"]:
            raise click.UsageError("expected at most one of --good and --no-good")
        return cls(no_good=no_good, allow_lambda=allow_lambda, samples=samples, **said)

    @classmethod
    def unsaid(cls) -> "About":
        """Nothing was said: the models' own files tell all."""
        return cls.of(no_good=False, allow_lambda=False, samples=(), **dict.fromkeys(_FLAGS, ()))

    def named(self) -> set[str]:
        """Heads that an option was about."""
        return {head for one in self._of_heads() for head in one.by_head}

    def _of_heads(self) -> tuple[Said, ...]:
        return self.kinds, self.labels, self.thresholds, self.goods

    def check(self, heads: Iterable["Head"]) -> None:
        """Refuses options about heads that do not exist, or that they do not fit.

        Raises:
            click.UsageError: says which.
        """
        known = {head.name: head for head in heads}
        if unknown := self.named() - set(known):
            raise click.UsageError(f"no head {', '.join(sorted(unknown))}; the heads are {', '.join(sorted(known))}")
        for name in self.thresholds.by_head:
            if not known[name].judges:
                raise click.UsageError(
                    f"--threshold {name}: only a head that judges has one; {name} is a {known[name].kind}"
                )
        for name in self.goods.by_head:
            if known[name].kind == "value":
                raise click.UsageError(f"--good {name}: only a head with labels has good ones; {name} is a value")
        for said in (self.thresholds, self.goods):
            if said.general and not any(head.judges for head in known.values()):
                raise click.UsageError(f"{said.option} {said.general[0]}: none of the heads judges: {', '.join(known)}")

    def check_general(self) -> None:
        """Refuses to read a file for one head in another way: it is read once.

        Raises:
            click.UsageError: says which option.
        """
        reading = (self.sizes, self.scalings, self.features, self.inputs, self.outputs, self.signatures, self.expects)
        for said in reading:
            for head, (value, *_) in said.by_head.items():
                raise click.UsageError(f"{said.option} {head}={value}: MODEL is read once; say {said.option} {value}")

    def wishes(self, outputs: Collection[str]) -> "list[Wish]":
        """What was said about the outputs of a model whose heads nobody named: they keep their own names."""
        return [self.wish(own, name=None, output=own, alone=len(outputs) == 1) for own in outputs]

    def wish(self, head: str | None, *, name: str | None, output: str | None, alone: bool = False) -> "Wish":
        """What was said about a head.

        Args:
            head: by which options know it.
            name: that it is to get; None keeps the model's.
            output: the model's name for it.
            alone: the model has no other head.
        """
        from aoi_modules.export.heads import Wish

        return Wish(
            name,
            output,
            _one_of("--kind", self.kinds.about(head), get_args(HeadKind)),  # type: ignore[arg-type]
            _labels(self.labels.about(head)),
            _threshold(self.thresholds.about(head)),
            self._good(head, alone=alone or head is None),
        )

    def _good(self, head: str | None, *, alone: bool) -> "GoodClasses":
        """What was said about good labels; a threshold of this very head wants some."""
        from aoi_modules.datasets.folder import GoodClasses

        said = () if self.no_good else self.goods.all_about(head) or None
        wanted = self.thresholds.all_about(head) if alone else self.thresholds.by_head.get(head or "")
        return GoodClasses(said, needed_by=Argument("threshold") if wanted else None, ask=at_terminal())

    def reading(self, head: str | None = None) -> Reading:
        """How the file of a head is to be read."""
        expect = _file("--expect", self.expects.about(head))
        if expect and self.samples:
            raise click.UsageError("--sample: --expect brings its own pictures; say one of them")
        return Reading(
            size=_size(self.sizes.about(head)),
            scaling=_one_of("--scaling", self.scalings.about(head), SCALINGS) or "none",  # type: ignore[arg-type]
            features=_names(self.features.about(head)),
            inputs=_names(self.inputs.about(head)),
            outputs=_names(self.outputs.about(head)),
            signature=self.signatures.about(head),
            allow_lambda=self.allow_lambda,
            samples=self.samples,
            expect=expect,
        )


def read_model(given: str, about: About) -> "ModelSource":
    """The model that `[NAME=]MODEL[#OUTPUT]` names: one head if it says a name or an output, else all."""
    from aoi_modules.export.model_sources import read

    name, separator, rest = given.partition("=")
    head, file = (name, rest) if separator else (None, given)
    path, _, output = file.partition("#")
    click.echo(f"reading {path} ...", err=True)
    chosen = head or output or None

    wishes = [about.wish(chosen, name=chosen, output=output or None)] if chosen else about.wishes
    return read(Path(path), wishes, about.reading(chosen))


def _file(option: str, value: str | None) -> Path | None:
    if value is not None and not Path(value).is_file():
        raise click.UsageError(f"{option} {value}: no such file")
    return Path(value) if value is not None else None


def _one_of(option: str, value: str | None, known: tuple[str, ...]) -> str | None:
    if value is not None and value not in known:
        raise click.UsageError(f"{option}: expected {', '.join(known)}. Received: {value}")
    return value


def _labels(file: str | None) -> tuple[str, ...]:
    if file is None:
        return ()
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"--labels {file}: not a readable text file: {error}") from None
    return tuple(filter(None, map(str.strip, lines)))


def _threshold(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise click.UsageError(f"--threshold: expected a number from 0 to 1. Received: {value}")
    return number


def _size(value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", value)
    if match is None:
        raise click.UsageError(f"--size: expected HEIGHTxWIDTH, such as 96x128. Received: {value}")
    return int(match[1]), int(match[2])


def _names(value: str | None) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, value.split(",")))) if value else ()
