"""Houses: four photographs and four numbers each, one price.

Uses the tables and rules of `datasets`, and `sources`; knows no other set.

Source: Ahmed, Moustafa: House price estimation from visual and textual features, 2016.
"""

from aoi_modules.datasets.houses.split import FEATURE_NAMES, NAME, TARGET, folds, groups, load, price_strata, table

__all__ = ["FEATURE_NAMES", "NAME", "TARGET", "folds", "groups", "load", "price_strata", "table"]
