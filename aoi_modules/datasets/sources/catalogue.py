"""The data sets by name: what belongs to each, where it comes from, and which checksums are known. Data, no work.

What is trusted, and why:
- Fashion-MNIST: the checksums of upstream's four files stand here. They were taken from a copy that is byte for byte
  Debian's package dataset-fashion-mnist, so any mirror or plain http will do.
- Small editions that mirrors carry: magnetic tiles of 160 pixels, houses of 64 pixels, DeepPCB in 1-bit PNG. The
  checksums of all their files come with the package, in `*.sha256.gz`.
  `zcat magnetic_tile_160.sha256.gz | (cd magnetic-tile && sha256sum --check)` says the same.
- Upstream's editions of these three: upstream publishes no checksums. The archive of one fixed commit is taken by
  https; commit, file names and the CRC of every file must fit, every picture must decode. What was found right then
  is written down, and every later use is held to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from aoi_modules.datasets.sources import ledger
from aoi_modules.errors import DataError


@dataclass(frozen=True)
class RemoteFile:
    """One file as upstream gives it."""

    name: str
    urls: tuple[str, ...]
    sha256: str
    size: int


@dataclass(frozen=True)
class RemoteArchive:
    """One zip with all files of the set, below some top folder.

    Args:
        urls: where it is.
        commit: the zip must name it in its comment, as git writes it; the first seven digits or more.
        size: about how many bytes, for the progress bar.
    """

    urls: tuple[str, ...]
    commit: str
    size: int


@dataclass(frozen=True)
class DataSet:
    """What there is to know about a set before it is on the disk.

    Args:
        name: as commands and folders call it.
        title: as people call it.
        licence: as upstream states it.
        home: upstream's page.
        members: the relative names of all files, as upstream has them.
        known_sums: the checksums of the edition that lies in a folder; None when none are known for it.
        remote: where to download it.
        system_dir: where a distribution puts it.
        stand_in_version: changes when the drawn stand-in changes.
    """

    name: str
    title: str
    licence: str
    home: str
    members: Callable[[], tuple[str, ...]]
    known_sums: Callable[[Path], Mapping[str, str] | None]
    remote: tuple[RemoteFile, ...] | RemoteArchive
    system_dir: Path | None = None
    stand_in_version: int = 1

    def files(self, root: Path) -> tuple[str, ...]:
        """Names all files, relative to `root`, of the edition that lies there."""
        return tuple(self.known_sums(root) or self.members())


FASHION_MNIST_FILES = tuple(
    RemoteFile(
        name,
        (
            f"https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/{name}",
            f"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}",
        ),
        sha256,
        size,
    )
    for name, sha256, size in (
        (
            "train-images-idx3-ubyte.gz",
            "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
            26_421_856,
        ),
        ("train-labels-idx1-ubyte.gz", "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056", 29_491),
        ("t10k-images-idx3-ubyte.gz", "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa", 4_422_079),
        ("t10k-labels-idx1-ubyte.gz", "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05", 5_125),
    )
)

TILE_COMMIT = "cc4eb530b57b9cb7225bf76023873043ffd50655"
SMALL_TILE_BYTES = 12_000
"""The median picture file has about 4,000 bytes in the 160-pixel edition and about 35,000 upstream. A median does not
move when some files are cut short or missing."""
HOUSE_COMMIT = "5e14821"
SMALL_HOUSE_BYTES = 10_000
"""The median picture file has about 1,800 bytes in the 64-pixel edition and about 80,000 upstream."""
BOARD_COMMIT = "08e98c4db5922613fb97176eb3d6497d48260cb1"


@cache
def small_tile_sums() -> ledger.Sums:
    """Reads the checksums of the 160-pixel edition. Its file names are upstream's."""
    return ledger.read(Path(__file__).with_name("magnetic_tile_160.sha256.gz"))


@cache
def small_house_sums() -> ledger.Sums:
    """Reads the checksums of the 64-pixel edition. Its file names are upstream's."""
    return ledger.read(Path(__file__).with_name("houses_64.sha256.gz"))


@cache
def small_board_sums() -> ledger.Sums:
    """Reads the checksums of the 1-bit edition. Its pictures end in .png, upstream's in .jpg."""
    return ledger.read(Path(__file__).with_name("deeppcb_1bit.sha256.gz"))


def _fashion_members() -> tuple[str, ...]:
    return tuple(file.name for file in FASHION_MNIST_FILES)


def _fashion_sums(root: Path) -> ledger.Sums:
    return {file.name: file.sha256 for file in FASHION_MNIST_FILES}


def _tile_members() -> tuple[str, ...]:
    return tuple(small_tile_sums())


def _tile_sums(root: Path) -> ledger.Sums | None:
    sizes = [path.stat().st_size for path in root.glob("MT_*/Imgs/*.jpg")]
    return small_tile_sums() if sizes and median(sizes) < SMALL_TILE_BYTES else None


def _house_members() -> tuple[str, ...]:
    return tuple(small_house_sums())


def _house_sums(root: Path) -> ledger.Sums | None:
    sizes = [path.stat().st_size for path in root.glob("Houses Dataset/*.jpg")]
    return small_house_sums() if sizes and median(sizes) < SMALL_HOUSE_BYTES else None


def _board_members() -> tuple[str, ...]:
    return tuple(f"{name[:-4]}.jpg" if name.endswith(".png") else name for name in small_board_sums())


def _board_sums(root: Path) -> ledger.Sums | None:
    return small_board_sums() if any(root.glob("PCBData/group*/*/*.png")) else None


def _zip_of(repository: str, *refs: str) -> tuple[str, ...]:
    return tuple(f"https://codeload.github.com/{repository}/zip/{ref}" for ref in refs)


CATALOGUE = {
    item.name: item
    for item in (
        DataSet(
            name="fashion-mnist",
            title="Fashion-MNIST: 70,000 gray pictures of clothes, 28x28, ten classes",
            licence="MIT, Copyright 2017 Zalando SE",
            home="https://github.com/zalandoresearch/fashion-mnist",
            members=_fashion_members,
            known_sums=_fashion_sums,
            remote=FASHION_MNIST_FILES,
            system_dir=Path("/usr/share/datasets/fashion-mnist"),
        ),
        DataSet(
            name="magnetic-tile",
            title="Magnetic tiles: 1,344 gray pictures of tile surfaces, good or with one of five defects",
            licence="none stated; upstream welcomes use and asks to cite Huang, Qiu, Yuan: Surface defect saliency of"
            " magnetic tile, 2020",
            home="https://github.com/abin24/Magnetic-tile-defect-datasets.",
            members=_tile_members,
            known_sums=_tile_sums,
            remote=RemoteArchive(
                _zip_of("abin24/Magnetic-tile-defect-datasets.", TILE_COMMIT), TILE_COMMIT, 55_000_000
            ),
        ),
        DataSet(
            name="deeppcb",
            title="DeepPCB: 1,500 pairs of circuit board pictures, golden and tested, with 10,013 defects of six kinds",
            licence="MIT, Copyright 2018 tangsanli5201; its README adds: only for research purpose",
            home="https://github.com/tangsanli5201/DeepPCB",
            members=_board_members,
            known_sums=_board_sums,
            remote=RemoteArchive(_zip_of("tangsanli5201/DeepPCB", BOARD_COMMIT), BOARD_COMMIT, 128_000_000),
        ),
        DataSet(
            name="houses",
            title="Houses: 535 houses, four photographs each, with bedrooms, bathrooms, area, zip code and price",
            licence="none stated; upstream asks to cite Ahmed, Moustafa: House Price Estimation from Visual and Textual"
            " Features, 2016",
            home="https://github.com/emanhamed/Houses-dataset",
            members=_house_members,
            known_sums=_house_sums,
            # A server may not resolve a short commit; that commit has been the head of master since 2019.
            remote=RemoteArchive(
                _zip_of("emanhamed/Houses-dataset", HOUSE_COMMIT, "refs/heads/master"), HOUSE_COMMIT, 187_000_000
            ),
        ),
    )
}


def by_name(name: str) -> DataSet:
    """Gives the data set of that name.

    Raises:
        DataError: there is none; names those there are.
    """
    if name not in CATALOGUE:
        raise DataError(f"name: expected one of {', '.join(CATALOGUE)}. Received: {name!r}", hint="aoi data list")
    return CATALOGUE[name]
