"""The size of the work by the machine that does it, chosen by one word: `ci`, `cpu` or `gpu`. Imports nothing heavy."""

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
        augment: whether training pictures are changed at random, or, as cached features, mirrored.
        batch_size: pictures a step.
        fine_tune: epochs in which the upper part of a pretrained backbone learns too.
    """

    name: str
    train: int | None
    test: int | None
    epochs: int
    head_epochs: int
    augment: bool
    batch_size: int
    fine_tune: int = 0


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("ci", train=6000, test=2000, epochs=4, head_epochs=30, augment=False, batch_size=64),
        Profile("cpu", train=None, test=None, epochs=5, head_epochs=30, augment=True, batch_size=128),
        Profile("gpu", train=None, test=None, epochs=30, head_epochs=60, augment=True, batch_size=256, fine_tune=10),
    )
}


def by_name(name: str) -> Profile:
    """Gives the profile of that name.

    Raises:
        ModelError: there is none; names those there are.
    """
    if name not in PROFILES:
        raise ModelError(f"profile: expected one of {', '.join(PROFILES)}. Received: {name!r}")
    return PROFILES[name]
