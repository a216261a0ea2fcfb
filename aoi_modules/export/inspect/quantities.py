"""Numbers as people read them: `10.7 M`, `1.66 MB`, `96%`, `4 heads`. Pure."""


def short(number: float, unit: str = "") -> str:
    """Three digits, and a letter for thousands, millions or billions: `393 k`."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= 0.9995 * size:
            scaled = number / size
            return f"{scaled:.0f} {letter}{unit}" if scaled >= 999.5 else f"{scaled:.3g} {letter}{unit}"
    return f"{number:.0f} {unit}".strip()


def size(number: int) -> str:
    """Bytes: `1.66 MB`."""
    return short(number, "B")


def percent(value: float) -> str:
    """`96%`; nearly all is never 100, and little never 0."""
    if 0 < value < 1 or 99 < value < 100:
        return f"{min(max(value, 0.1), 99.9):.1f}%"
    return f"{value:.0f}%"


def counted(number: int, noun: str) -> str:
    """`1 head`, `4 heads`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
