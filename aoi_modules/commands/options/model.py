"""What `aoi export` and `aoi merge` let people say about models: `--threshold 0.4`, or `--threshold short=0.4`."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aoi_modules.commands.options.decorator import with_value
from aoi_modules.errors import ModelError

if TYPE_CHECKING:  # TensorFlow comes when a command runs, not when its help is shown
    from aoi_modules.export.heads import Wish
    from aoi_modules.export.model_sources import ModelSource
    from aoi_modules.export.reading import Reading
    from aoi_modules.modelstore.manifest import Head

_FOR_ONE = re.compile(r"([A-Za-z0-9][A-Za-z0-9_.-]*)=(.+)")
NAMED_MODEL = "[NAME=]MODEL[#OUTPUT]"
_KINDS = ("defect", "class", "value")
_SCALINGS = ("none", "unit", "tf", "caffe", "torch")

# option, parameter, value, help; each may be given for all heads and for one
_FOR_HEADS = (
    ("--kind", "kinds", "KIND", "What the output means: defect, class or value."),
    ("--labels", "labels", "FILE", "Text file, one label a line."),
    ("--threshold", "thresholds", "T", "A defect score over it fails the part."),
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
_FLAGS = {parameter: option for option, parameter, _, _ in _FOR_HEADS}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_READING = (
    *(
        click.option(option, parameter, multiple=True, metavar=f"[HEAD=]{value}", help=text)
        for option, parameter, value, text in _FOR_HEADS
    ),
    click.option("--allow-lambda", is_flag=True, help="Run Python code inside Keras files that you trust."),
    click.option("--sample", "samples", multiple=True, type=_FILE, help="Picture file to compare scores with."),
)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command all options of models that it reads; it takes them as `about`."""
    names = (*_FLAGS, "allow_lambda", "samples")
    return with_value(function, _READING, keyword="about", names=names, make=About.of)


@dataclass(frozen=True)
class Said:
    """The values of one option: for heads by name, and for all the others."""

    option: str
    by_head: dict[str, str]
    general: str | None

    @classmethod
    def of(cls, option: str, values: Iterable[str]) -> "Said":
        """Sorts the values of an option, `HEAD=VALUE` or `VALUE`.

        Raises:
            click.UsageError: two are for all heads.
        """
        by_head, general = {}, None
        for value in values:
            if match := _FOR_ONE.fullmatch(value):
                by_head[match[1]] = match[2]
            elif general is not None:
                raise click.UsageError(f"{option}: twice without a head; say {option} HEAD={value}")
            else:
                general = value
        return cls(option, by_head, general)

    def about(self, head: str | None) -> str | None:
        """What was said about a head, else about all; about no head in particular for None."""
        return self.by_head.get(head, self.general) if head is not None else self.general


@dataclass(frozen=True)
class About:
    """All that was said about the models on the command line."""

    kinds: Said
    labels: Said
    thresholds: Said
    sizes: Said
    scalings: Said
    features: Said
    inputs: Said
    outputs: Said
    signatures: Said
    expects: Said
    allow_lambda: bool
    samples: tuple[Path, ...]

    @classmethod
    def of(cls, *, allow_lambda: bool, samples: tuple[Path, ...], **values: tuple[str, ...]) -> "About":
        """Sorts what was said by the options of `reading_options`; `values` are those that may name a head."""
        said = {name: Said.of(_FLAGS[name], given) for name, given in values.items()}
        return cls(allow_lambda=allow_lambda, samples=samples, **said)

    @classmethod
    def unsaid(cls) -> "About":
        """Nothing was said: the models' own files tell all."""
        return cls.of(allow_lambda=False, samples=(), **dict.fromkeys(_FLAGS, ()))

    def named(self) -> set[str]:
        """Heads that an option was about."""
        return {head for one in (self.kinds, self.labels, self.thresholds) for head in one.by_head}

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

    def check_general(self) -> None:
        """Refuses to read a file for one head in another way: it is read once.

        Raises:
            click.UsageError: says which option.
        """
        reading = (self.sizes, self.scalings, self.features, self.inputs, self.outputs, self.signatures, self.expects)
        for said in reading:
            for head, value in said.by_head.items():
                raise click.UsageError(f"{said.option} {head}={value}: MODEL is read once; say {said.option} {value}")

    def wish(self, head: str | None, *, name: str | None, output: str | None) -> "Wish":
        """What was said about a head; `name` is the one it is to get, `output` the model's."""
        from aoi_modules.export.heads import Wish

        kind = _one_of("--kind", self.kinds.about(head), _KINDS)
        return Wish(name, output, kind, _labels(self.labels.about(head)), _threshold(self.thresholds.about(head)))  # type: ignore[arg-type]

    def reading(self, head: str | None = None) -> "Reading":
        """How the file of a head is to be read."""
        from aoi_modules.export.reading import Reading

        expect = _file("--expect", self.expects.about(head))
        if expect and self.samples:
            raise click.UsageError("--sample: --expect brings its own pictures; say one of them")
        return Reading(
            size=_size(self.sizes.about(head)),
            scaling=_one_of("--scaling", self.scalings.about(head), _SCALINGS) or "none",  # type: ignore[arg-type]
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
    wishes = [about.wish(chosen, name=chosen, output=output or None)] if chosen else []
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
