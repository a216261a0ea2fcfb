"""What the line knows that neither version learnt from: judged parts, their pictures, and for how many each stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aoi_modules.errors import NoSuchResult
from aoi_modules.judging.limits import HeadLimits
from aoi_modules.promotion.held_out import Kind
from aoi_modules.promotion.origin import unseen_by_both
from aoi_modules.results.database.connection import Database
from aoi_modules.results.datasets.dealing import deal_of
from aoi_modules.results.evidence.comparing import Contender
from aoi_modules.results.evidence.gathering import held_out_of
from aoi_modules.results.evidence.judged_pictures import JudgedPicture, judged_pictures, strata_of
from aoi_modules.results.limits.ledger import in_force
from aoi_modules.results.limits.setting import by_model
from aoi_modules.results.pictures.lookup import picture_of
from aoi_modules.results.pictures.store import PictureStore
from aoi_modules.results.quality.strata import Stratum


@dataclass(frozen=True)
class Evidence:
    """What is known.

    Args:
        key: name of the key by which the line deals units.
        held_out: groups of the judged units that nothing may learn from.
        parts: judged ones that neither version learnt from, and whose picture is there.
        files: of their pictures, in the same order.
        line: all parts of the component by kind, judged or not.
        limits: that people set at the station, by version and head.
        left_out: judged parts that one of the two learnt from.
        gone: judged parts whose picture is not there any more.
    """

    key: str
    held_out: frozenset[str]
    parts: Sequence[JudgedPicture]
    files: Sequence[Path]
    line: Mapping[Kind, Stratum]
    limits: Mapping[int, Mapping[str, HeadLimits]] = field(default_factory=dict)
    left_out: int = 0
    gone: int = 0


async def gather(
    database: Database, store: PictureStore, component: str, versions: Sequence[Contender], most: int, folder: Path
) -> Evidence:
    """Gathers it.

    Args:
        database: of the results.
        store: of the pictures.
        component: whose parts.
        versions: that are compared.
        most: judged parts, the newest ones.
        folder: that gets their pictures.

    Raises:
        DatabaseAway: the database does not answer.
        PictureStoreAway: the store gives nothing.
    """
    deal = await deal_of(database)
    found = await judged_pictures(database, component, deal, most)
    usable = unseen_by_both(found, versions, deal.name)
    parts, files = list[JudgedPicture](), list[Path]()
    folder.mkdir(parents=True, exist_ok=True)
    for part in usable:
        try:
            content = await picture_of(store, part.shown)
        except NoSuchResult:
            continue
        file = folder / f"{part.shown.id}.{part.shown.picture.kind}"
        file.write_bytes(content)
        parts.append(part)
        files.append(file)
    settings = by_model(await in_force(database))
    of_versions = (
        (one.model.version or 0, settings.get((component, one.model.name, one.model.version or 0))) for one in versions
    )
    return Evidence(
        key=deal.name,
        held_out=frozenset(await held_out_of(database, component, deal)),
        parts=parts,
        files=files,
        line=await strata_of(database, component),
        limits={version: limits for version, limits in of_versions if limits},
        left_out=len(found) - len(usable),
        gone=len(usable) - len(parts),
    )
