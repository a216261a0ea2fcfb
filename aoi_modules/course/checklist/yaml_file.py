"""A YAML file of ours as a struct; a mistake in it is named by file and field."""

from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from aoi_modules.errors import CourseError

Struct = TypeVar("Struct", bound=msgspec.Struct)


def read(path: Path, form: type[Struct]) -> Struct:
    """The content of a file in the form that is expected.

    Raises:
        CourseError: not there, not YAML, or of another form; names the file and the field.
    """
    try:
        return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), form)
    except FileNotFoundError:
        raise CourseError(f"{path}: no such file", hint="it belongs beside the lessons") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: not valid YAML: {error}") from None
    except msgspec.ValidationError as error:
        raise CourseError(f"{path}: {error}") from None
