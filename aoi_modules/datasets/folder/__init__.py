"""Your own pictures, from a folder or a CSV file: read, checked, and every bad row named.

Uses the tables and rules of `datasets`, and the checksums of `sources`; no other data set.
"""

from aoi_modules.datasets.folder.columns import AskColumn
from aoi_modules.datasets.folder.listing import list_pictures
from aoi_modules.datasets.folder.reading import DECIMAL_MARKS, GROUPS_BY, Reading
from aoi_modules.datasets.folder.split import load
from aoi_modules.datasets.folder.target import Ask, GoodClasses

__all__ = ["DECIMAL_MARKS", "GROUPS_BY", "Ask", "AskColumn", "GoodClasses", "Reading", "list_pictures", "load"]
