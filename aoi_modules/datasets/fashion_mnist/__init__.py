"""Fashion-MNIST: ten kinds of clothes, 28x28 gray; and its coloured sister with two questions.

Uses the tables and rules of `datasets`, and `sources`; knows no other set.

Source: Xiao, Rasul, Vollgraf: Fashion-MNIST, a novel image dataset for benchmarking machine learning algorithms, 2017.
"""

from aoi_modules.datasets.fashion_mnist.split import LABEL_NAMES, NAME, TARGET, load

__all__ = ["LABEL_NAMES", "NAME", "TARGET", "load"]
