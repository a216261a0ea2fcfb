"""How much work a training does: by the machine it runs on, chosen by one word."""

from dataclasses import dataclass

from aoi_modules.errors import ModelError


@dataclass(frozen=True)
class Profile:
    """The size of the work.

    Args:
        name: as commands and notebooks call it.
        train: pictures to train on; None takes all.
        test: pictures to test on; None takes all.
        epochs: times that a model trained end to end sees them.
        head_epochs: times that a head sees the features of a frozen backbone, which costs next to nothing.
        flips: whether a head also learns from mirrored pictures; four times as many features.
        batch_size: pictures a step.
    """

    name: str
    train: int | None
    test: int | None
    epochs: int
    head_epochs: int
    flips: bool
    batch_size: int


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("ci", train=6000, test=2000, epochs=4, head_epochs=30, flips=False, batch_size=64),
        Profile("cpu", train=None, test=None, epochs=4, head_epochs=30, flips=True, batch_size=128),
        Profile("gpu", train=None, test=None, epochs=20, head_epochs=60, flips=True, batch_size=256),
    )
}


def by_name(name: str) -> Profile:
    """The profile of that name.

    Raises:
        ModelError: there is none; names those there are.
    """
    if name not in PROFILES:
        raise ModelError(f"profile: expected one of {', '.join(PROFILES)}. Received: {name!r}")
    return PROFILES[name]
