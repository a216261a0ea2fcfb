"""The models of one component: what they take together, and what they say about samples."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.expected import TOLERANCE
from aoi_modules.export.model_sources import ModelSource
from aoi_modules.modelstore.golden import Golden, Scores, drawn_pictures, largest_difference
from aoi_modules.modelstore.layout import FEATURES, IMAGE
from aoi_modules.modelstore.manifest import Head, PictureInput

SAMPLES = 8
"""Golden pictures of a component at most; they are run whenever a server loads it."""
PIXELS = 2**25
"""Pixels of all golden pictures together, as the models see them: of large ones fewer are enough, one at least."""
_ROUNDING = 1e-3
"""How far a probability may be outside of [0, 1]; in half precision it is."""
_REPEATED = 1e-3
"""How far scores may be from those of the same picture among others: far more than rounding, far less than chance."""


@dataclass(frozen=True)
class Component:
    """Trained models that judge the same part, each with heads of its own. Made by `Component.of`."""

    members: tuple[ModelSource, ...]

    @classmethod
    def of(cls, members: Iterable[ModelSource]) -> "Component":
        """Models that fit together.

        Raises:
            ModelError: there are none, two heads have one name, or they disagree on the features.
        """
        component = cls(tuple(members))
        _check_names(component)
        _check_features(component)
        return component

    @property
    def heads(self) -> tuple[Head, ...]:
        """The heads of all members, in the order of the members."""
        return tuple(head for member in self.members for head in member.heads)

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what all members give: heads, and their maps."""
        return tuple(name for member in self.members for name in member.outputs)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the numbers beside each picture; heads that take none are not asked to."""
        return next((member.features for member in self.members if member.features), ())

    @property
    def sizes(self) -> tuple[PictureInput, ...]:
        """The sizes that the decoded picture is resized to, each once."""
        return tuple(dict.fromkeys(member.picture for member in self.members))

    @property
    def picture(self) -> PictureInput:
        """The largest of the sizes, in colour if any model looks at colours."""
        largest = max(self.sizes, key=lambda size: size.height * size.width)
        channels = max(size.channels for size in self.sizes)
        return PictureInput(height=largest.height, width=largest.width, channels=channels)

    @property
    def foreign_tolerance(self) -> float:
        """How far golden scores may be from our own reading of the models, because another framework gave them."""
        return TOLERANCE if any(member.expected for member in self.members) else 0.0

    def golden(self) -> Golden:
        """What is known about sample pictures of the models: the truth that every server is held to.

        The scores are those of the author's framework where they came with the model, else its own.

        Raises:
            ModelError: a head gives something that is no number, or other scores when it is asked again.
        """
        pictures, features = self._samples()
        scores: Scores = {}
        for member in self.members:
            found = member.scores(pictures, features if member.features else None)
            for head, values in found.items():
                if not np.isfinite(values).all():
                    raise ModelError(
                        f"head {head}: {member.name} gives {values[~np.isfinite(values)][0]} for a sample picture",
                        hint="train it again, with a lower learning rate",
                    )
            _check_judged(member, found)
            _check_repeated(member, pictures[-1], None if features is None else features[-1:], found)
            scores.update(_as_expected(member, Golden(pictures, found, features)))
        return Golden(pictures, scores, features)

    def _samples(self) -> tuple[tuple[bytes, ...], NDArray[np.float32] | None]:
        """N pictures of all members in turn, each once, and their features, float32 (N, F).

        A picture whose member knows no features gets those of another picture.
        """
        rows: dict[bytes, NDArray[np.float32] | None] = {}
        for turn in zip_longest(*(member.samples() for member in self.members)):
            for picture, row in filter(None, turn):
                rows[picture] = row if row is not None else rows.get(picture)
        if not rows:
            rows = dict.fromkeys(drawn_pictures(self.picture))
        most = max(1, min(SAMPLES, PIXELS // (self.picture.height * self.picture.width)))
        pictures = tuple(rows)[:most]
        if not self.features:
            return pictures, None
        known = [row for row in rows.values() if row is not None]
        # From 0 to 1, because a number may be one of a category, and of those every model knows the first two.
        known = known or list(np.random.default_rng(0).uniform(size=(4, len(self.features))).astype(np.float32))
        chosen = (rows[picture] for picture in pictures)
        return pictures, np.stack([known[at % len(known)] if row is None else row for at, row in enumerate(chosen)])


def _as_expected(member: ModelSource, golden: Golden) -> Scores:
    """The scores of a model for golden pictures, those of the author's framework in their places."""
    expected, scores = member.expected, {head: values.copy() for head, values in golden.scores.items()}
    if expected is None:
        return scores
    rows = {picture: row for row, picture in enumerate(expected.pictures)}
    for at, picture in enumerate(golden.pictures):
        row = rows.get(picture)
        if row is None:
            continue
        # The same picture may have come with other numbers from another model.
        if member.features and not np.array_equal(golden.features[at], expected.features[row]):  # type: ignore[index]
            continue
        for head, values in expected.scores.items():
            scores[head][at] = values[row]
    return scores


def _check_judged(member: ModelSource, scores: Scores) -> None:
    """Refuses class heads that judge by something else than probabilities: 1 - their sum would be no score."""
    for head in member.heads:
        values = scores[head.name]
        lowest, highest = float(values.min()), float(values.max())
        if head.good and not (lowest >= -_ROUNDING and highest <= 1 + _ROUNDING):
            no_good = Argument("good", ())
            raise ModelError(
                f"head {head.name}: expected probabilities, by which it can judge. {member.name} gives numbers from "
                f"{lowest:.3g} to {highest:.3g} for sample pictures",
                hint=f"end the model with a softmax, or let the head judge nothing: {no_good}",
                arguments=[no_good],
            )


def _check_repeated(
    member: ModelSource, picture: bytes, features: NDArray[np.float32] | None, expected: Scores
) -> None:
    """Asks about the last picture again, alone: no score may follow from chance or from the pictures before it.

    Args:
        member: was asked about several pictures.
        picture: the last of them.
        features: of that picture, float32 (1, F), where the component takes some.
        expected: float32 (N, K) by head.
    """
    found = member.scores([picture], features if member.features else None)
    head, difference = largest_difference({name: values[-1:] for name, values in expected.items()}, found)
    if difference > _REPEATED:
        raise ModelError(
            f"head {head}: {member.name} scores the same picture otherwise when it is asked again, alone (by "
            f"{difference:.3g}): its scores follow from random numbers, a state, or the other pictures of a batch",
            hint="save the model for inference: without dropout, stateful layers and batch norm in training mode",
        )


def _check_names(component: Component) -> None:
    another = Argument("head", ...)
    if not component.heads:
        models = Argument("models", ...)
        raise ModelError(f"{models}: expected at least one trained model. Received: none", arguments=[models])
    for member in component.members:
        for head in member.heads:
            if head.name in (IMAGE, FEATURES):
                raise ModelError(
                    f"head {head.name}: is the name of an input of every servable. Received it from: {member.name}",
                    hint=f"{another} gives the output of a model another name",
                    arguments=[another],
                )
    clashing = [name for name, count in Counter(component.outputs).items() if count > 1]
    if clashing:
        files = ", ".join(member.name for member in component.members if clashing[0] in member.outputs)
        raise ModelError(
            f"head {clashing[0]}: expected a name for each head. Received it from: {files}",
            hint=f"{another} gives the output of a model another name",
            arguments=[another],
        )


def _check_features(component: Component) -> None:
    first = next((member for member in component.members if member.features), None)
    for member in component.members:
        if first is not None and member.features and member.features != first.features:
            raise ModelError(
                f"features: the heads of one component take the same numbers. {first.name} takes "
                f"{', '.join(first.features)}; {member.name} takes {', '.join(member.features)}",
                hint="serve them as two components",
            )
