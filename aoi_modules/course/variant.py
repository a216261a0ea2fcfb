"""The number that makes a trainee's exercises differ from a neighbour's: drawn once, kept beside the progress file.

dice = variant.dice("1")
port = dice.randrange(8890, 8990)   # the same each time for this trainee, another one for the next
"""

import random
import secrets

from aoi_modules.errors import CourseError
from aoi_modules.lock import alone
from aoi_modules.machine import disk
from aoi_modules.machine.whole_file import write_whole
from aoi_modules.settings import settings

FILE_NAME = ".aoi-variant"
HEADLESS = "headless"
"""What headless runs have in place of a number: they are all the same."""
NAMES = ("ada", "bora", "chen", "dilan", "elif", "farid", "gita", "hana", "ivo", "jun", "kaya", "lin", "mina", "noor")
"""By which the dice tell trainees apart, in names of containers, users and objects."""
_SECONDS = 10.0
_BYTES = 8


def dice(lesson_id: str) -> random.Random:
    """Dice that fall the same way for one trainee and lesson, each time, in every version of Python.

    Raises:
        CourseError: the number of this trainee cannot be read or written.
    """
    return random.Random(f"{HEADLESS if settings().run_token else _own()}/{lesson_id}")


def _own() -> str:
    """This trainee's number; made at the first call."""
    path = settings().progress_file.with_name(FILE_NAME)
    taken = CourseError(f"{path}: another process holds it for over {_SECONDS:.0f} s")
    with alone(path.with_name(f"{FILE_NAME}.lock"), _SECONDS, taken):
        try:
            if not path.exists():
                write_whole(path, f"{secrets.token_hex(_BYTES)}\n".encode())
            found = path.read_text("ascii").strip()
        except UnicodeDecodeError:
            found = ""
        except OSError as error:
            raise CourseError(disk.trouble(error, path, "cannot be used"), hint=disk.way_out(error)) from None
    if not found.isalnum():
        raise CourseError(f"{path}: expected a number of this course's trainee", hint=f"remove it: rm {path}")
    return found
