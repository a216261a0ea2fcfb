"""Names of users and machines."""

from aoi_modules.errors import BadName

MOST_LETTERS = 80


def check_name(name: str) -> str:
    """Checks the name of somebody who comes from now on.

    Raises:
        BadName: it is empty, too long, begins or ends with a space, or holds a control character.
    """
    if not name or len(name) > MOST_LETTERS or name != name.strip() or not name.isprintable():
        raise BadName(
            f"name: expected 1 to {MOST_LETTERS} printable letters, none a space at an end. Received: {name!r}"
        )
    return name
