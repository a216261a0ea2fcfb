"""Your own pictures, from a folder or a CSV file: read, checked, and every bad row named.

Uses the tables and rules of `datasets`, and the checksums of `sources`; no other data set.
"""

from aoi_modules.datasets.folder.split import load
from aoi_modules.datasets.folder.target import Ask

__all__ = ["Ask", "load"]
