"""All rules, and what they find."""

from collections.abc import Collection, Sequence

from aoi_modules.cluster.policies import (
    changes,
    confinement,
    images,
    probes,
    references,
    resources,
    rooms,
    secrets,
    ways,
)
from aoi_modules.cluster.policies.pods import Object, Rule

RULES: tuple[Rule, ...] = (
    images.has_pinned_images,
    images.pulls_as_pinned,
    images.suits_its_processor,
    confinement.is_nobody,
    confinement.is_confined,
    confinement.has_seccomp,
    confinement.has_read_only_root,
    confinement.leaves_the_node_alone,
    confinement.reads_logs_alone,
    confinement.has_no_key_of_the_cluster,
    confinement.only_looks_at_the_cluster,
    confinement.gives_rights_that_stand_here,
    confinement.knows_no_service_by_variable,
    resources.has_resources,
    resources.has_its_disk,
    resources.is_promised_its_memory,
    resources.has_free_processors,
    resources.asks_for_gpus_rightly,
    resources.has_a_known_priority,
    resources.frees_what_idles,
    probes.has_probes,
    probes.asks_different_things,
    probes.asks_known_ports,
    changes.changes_without_a_gap,
    changes.waits_for_no_gpu_of_its_own,
    changes.leaves_in_order,
    changes.empties_its_spool,
    changes.has_a_budget,
    changes.is_spread,
    changes.scales_what_is_there,
    references.fits_together,
    references.finds_its_own_pods,
    references.names_what_is_there,
    references.can_read_its_claim,
    references.starts_without_a_walk,
    references.keeps_its_claims,
    rooms.says_its_room,
    rooms.is_restricted,
    rooms.has_labels,
    rooms.has_a_quota_for_trainees,
    secrets.holds_no_secret,
    secrets.says_no_secret,
    secrets.shows_secrets_to_few,
    secrets.keeps_the_owner_to_jobs,
    ways.denies_all_first,
    ways.names_its_ways,
    ways.names_known_ports,
    ways.keeps_trainees_out,
    ways.opens_no_port_of_nodes,
    ways.speaks_tls_outside,
)


def broken_policies(objects: Sequence[Object], without: Collection[Rule] = ()) -> list[str]:
    """One sentence for every broken rule; an empty list for good objects.

    Args:
        objects: of an overlay, as they are rendered.
        without: rules that do not count here.
    """
    return [problem for rule in RULES if rule not in without for problem in rule(objects)]
