"""DeepPCB: circuit boards beside their golden sample, six kinds of defects.

Uses the tables and rules of `datasets`, and `sources`; knows no other set.

Source: Tang, He, Huang, Yang: Online PCB defect detector on a new PCB defect dataset, 2019.
"""

from aoi_modules.datasets.deeppcb.split import NAME, boards, load, pairs

__all__ = ["NAME", "boards", "load", "pairs"]
