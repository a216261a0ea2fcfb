"""What the outputs of a trained network mean: from the caller, from the report of its training, or from their width."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from aoi_modules.datasets.folder import GoodClasses
from aoi_modules.datasets.folder.class_names import opinion
from aoi_modules.errors import Argument, ModelError
from aoi_modules.export.network import Network
from aoi_modules.modelstore.manifest import Head, HeadKind, ScoreMap
from aoi_modules.modelstore.version_dir import check_name

HALF = 0.5
"""The threshold of a head that judges, where nobody says one."""
_NOTHING_SAID = GoodClasses()


@dataclass(frozen=True)
class Wish:
    """What a caller says about a head; what it leaves open follows from the report or from the output itself.

    Args:
        head: name of the head; None for the only one.
        output: the model's name for it; None for the only one, or the one of that name.
        kind: what the output means.
        labels: in the order of the classes, or good and defect.
        threshold: a defect score over it fails the part; heads that judge nothing have none.
        good: which labels are those of good parts. A class head with some judges by 1 - the sum of their probabilities.
            A defect head scores its second label; where that is the good one, 1 - the score is judged.
    """

    head: str | None = None
    output: str | None = None
    kind: HeadKind | None = None
    labels: tuple[str, ...] = ()
    threshold: float | None = None
    good: GoodClasses = _NOTHING_SAID


@dataclass(frozen=True)
class Chosen:
    """The heads of a network.

    Args:
        heads: in the order of the outputs.
        outputs: {head: output of the network}.
        of_good: heads whose output scores good parts, so that 1 - the output is what they judge by.
    """

    heads: tuple[Head, ...]
    outputs: dict[str, str]
    of_good: frozenset[str] = frozenset()


def choose_heads(network: Network, reported: Sequence[Head], wishes: Sequence[Wish]) -> Chosen:
    """Finds out what the outputs of a network mean.

    Args:
        network: just read.
        reported: what the report of its training says; empty without one.
        wishes: what the caller says; naming any head leaves the others out.

    Raises:
        ModelError: the wishes do not fit the outputs, or each other.
        DataError: nobody says which labels are good, and their names do not tell.
        StoreError: a head cannot have that name.
    """
    known = {head.name: head for head in reported}
    by_output = {_output_of(wish, network): wish for wish in wishes}
    if len(by_output) != len(wishes):
        wrong = Argument("head")
        raise ModelError(
            f"{wrong}: two names for one output of {network.origin}: {', '.join(network.outputs)}", arguments=[wrong]
        )
    # Wishes that only say a threshold do not choose heads, those with names do.
    chosen = [output for output in network.outputs if output in by_output or not any(wish.head for wish in wishes)]
    heads, of_good = [], set()
    for output in chosen:
        head, scores_good = _head(output, network, known.get(output), by_output.get(output, Wish()))
        heads.append(_with_map(head, network.maps.get(output)))
        of_good |= {head.name} if scores_good else set()
    outputs = {head.name: output for head, output in zip(heads, chosen, strict=True)}
    return Chosen(tuple(heads), outputs, frozenset(of_good))


def default_head(name: str, units: int, *, kind: HeadKind | None = None, labels: tuple[str, ...] = ()) -> Head:
    """The head that an output most likely is: one unit scores a defect, more are classes.

    Args:
        name: of the head.
        units: K of the output.
        kind: what it means; None follows from the units.
        labels: in the order of the classes, or good and defect; empty gives them plain names.

    Raises:
        ModelError: the labels or the kind do not fit.
    """
    kind = kind or ("class" if units > 1 else "defect")
    if kind != "class" and units != 1:
        wrong = Argument("kind")
        raise ModelError(
            f"{wrong}: a {kind} head has one unit. Received: {kind} for {name}, which has {units}", arguments=[wrong]
        )
    wanted = units if kind == "class" else 2 if kind == "defect" else 0
    if not labels:
        labels = tuple(str(k) for k in range(units)) if kind == "class" else ("good", name)[:wanted]
    if len(labels) != wanted:
        wrong = Argument("labels")
        raise ModelError(
            f"{wrong}: expected {wanted} labels for the {kind} head {name}. Received: {len(labels)}", arguments=[wrong]
        )
    return Head(name=name, kind=kind, labels=labels, threshold=HALF if kind == "defect" else None)


def _with_map(head: Head, size: tuple[int, int] | None) -> Head:
    """The head with the map that the network gives; which area it is of, only a report knows."""
    if size is None:
        return msgspec.structs.replace(head, map=None)
    known = head.map or ScoreMap(rows=0, columns=0)
    return msgspec.structs.replace(head, map=msgspec.structs.replace(known, rows=size[0], columns=size[1]))


def _output_of(wish: Wish, network: Network) -> str:
    """The output that a wish is about."""
    name = wish.output or (wish.head if wish.head in network.outputs or len(network.outputs) > 1 else None)
    if name is None and len(network.outputs) == 1:
        return next(iter(network.outputs))
    if name not in network.outputs:
        wrong, right = Argument("output" if wish.output else "head"), Argument("output", ...)
        raise ModelError(
            f"{wrong}: {network.origin} has the outputs {', '.join(network.outputs)}. Received: {name or 'no name'}",
            hint=f"{right} names one of them",
            arguments=(wrong, right),
        )
    return name


def _head(output: str, network: Network, known: Head | None, wish: Wish) -> tuple[Head, bool]:
    """What the report says about an output, or what it most likely is, under the caller's wishes.

    Returns:
        The head, and whether the output scores good parts.
    """
    name = check_name(wish.head or output)
    if known is None:
        head = default_head(name, network.outputs[output], kind=wish.kind, labels=wish.labels)
    else:
        kind = wish.kind or known.kind
        labels = wish.labels or (known.labels if kind == known.kind else ())
        fitting = default_head(name, network.outputs[output], kind=kind, labels=labels)
        head = msgspec.structs.replace(
            known, name=name, kind=kind, labels=fitting.labels, good=_renamed(known, fitting.labels, kind)
        )
    origin, of_good = f"{network.origin}: head {name}", False
    if head.kind == "class":
        head = _with_good(head, wish, origin)
    elif head.kind == "defect":
        of_good = _scores_good(head, wish, origin)
        if of_good and known is not None:
            _refuse_old_threshold(wish, origin, head.labels[:1], head.labels[1:])
        head = msgspec.structs.replace(head, labels=head.labels[::-1]) if of_good else head
    if wish.threshold is None or not head.judges:
        return head, of_good
    return msgspec.structs.replace(head, threshold=wish.threshold), of_good


def _renamed(known: Head, labels: tuple[str, ...], kind: HeadKind) -> tuple[str, ...]:
    """The good labels under the names that the labels have now; none for a head that became one of another kind."""
    if kind != known.kind:
        return ()
    return tuple(new for old, new in zip(known.labels, labels, strict=True) if old in known.good)


def _with_good(head: Head, wish: Wish, origin: str) -> Head:
    """The class head with its good labels: as the caller says, as its report says, else as the names of labels tell."""
    said = wish.good.names is not None or wish.good.needed_by is not None
    if not said and (head.good or not wish.labels):  # made-up labels tell nothing
        return head
    good = wish.good.among(head.labels, origin)
    if set(good) == set(head.good):
        return head
    if head.good and good:
        _refuse_old_threshold(wish, origin, head.good, good)
    return msgspec.structs.replace(head, good=good, threshold=HALF if good else None, review_band=None)


def _refuse_old_threshold(wish: Wish, origin: str, before: Sequence[str], now: Sequence[str]) -> None:
    """A report's threshold belongs to its own good labels."""
    if wish.threshold is None:
        threshold = Argument("threshold", ...)
        raise ModelError(
            f"{origin}: its report's threshold is for {', '.join(before)} as good, not for {', '.join(now)}",
            hint=f"say another one: {threshold}",
            arguments=[threshold],
        )


def _scores_good(head: Head, wish: Wish, origin: str) -> bool:
    """Whether the output of a defect head is the score of good parts, as Keras trains it on classes in their order.

    That is never guessed: a caller who names labels the other way round has to say what they mean.
    """
    if wish.good.names:
        return wish.good.among(head.labels, origin) == head.labels[1:]
    first, second = map(opinion, head.labels)
    if wish.labels and first and second and second.good and not first.good:
        labels, good = Argument("labels"), Argument("good", head.labels[1])
        raise ModelError(
            f"{origin}: {labels} of a defect head are good and defect, in this order. Received: "
            f"{', '.join(head.labels)}",
            hint=f"put them in order, or, if a high score means {head.labels[1]}, say so: {good}",
            arguments=[labels, good],
        )
    return False
