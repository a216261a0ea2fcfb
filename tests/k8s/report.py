"""What the tests on a cluster saw, and what they could not try there: the last lines of their run."""

FIGURES: list[str] = []
NOT_TRIED: list[str] = [
    "GPU drivers: stand-in GPUs are only counted, nothing computes on them",
    "load balancers and controllers of Gateway API: the door is reached inside the cluster",
]


def tell(figure: str) -> None:
    """Keeps a figure for the end of the run."""
    FIGURES.append(figure)


def not_tried(what: str) -> None:
    """Keeps what the cluster lacks."""
    if what not in NOT_TRIED:
        NOT_TRIED.append(what)
