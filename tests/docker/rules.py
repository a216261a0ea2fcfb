"""What each target of the Dockerfile keeps to: a rule yields sentences, none where all is well."""

import json
import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from tests.docker.dockerfile import NAMED, Dockerfile
from tests.docker.versions import ROOT, VERSIONS

LABELS = {
    f"org.opencontainers.image.{name}" for name in ("title", "description", "licenses", "version", "revision", "source")
}
"""Of every image, in the words of the Open Container Initiative."""
_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|CREDENTIAL", re.IGNORECASE)
_LOCK = "requirements.lock"

Rule = Callable[[Dockerfile], Iterator[str]]


def names_its_syntax(file: Dockerfile) -> Iterator[str]:
    """Mounts of caches and secrets are of that syntax; an older builder asks for it."""
    if not file.text.startswith("# syntax=docker/dockerfile:1\n"):
        yield "the first line is no # syntax=docker/dockerfile:1"


def has_stages(file: Dockerfile) -> Iterator[str]:
    """What builds stays behind."""
    builders = {stage.name for used in file.image.uses for stage in file.line(used)}
    if not builders:
        yield "the image takes nothing from a stage that builds"
    if both := builders & {stage.name for stage in file.line(file.target)}:
        yield f"the image stands on {', '.join(sorted(both))}, which builds"


def has_pinned_bases(file: Dockerfile) -> Iterator[str]:
    """A base is an argument with the version of docker/versions.env, or a stage of the file."""
    if re.search(r":latest\b", "".join(line for line in file.text.splitlines(True) if not line.startswith("#"))):
        yield "latest is another image tomorrow"
    for stage in file.stages.values():
        named = NAMED.fullmatch(stage.base)
        if named is None:
            if stage.base not in file.stages:
                yield f"FROM {stage.base}: no argument of versions.env, and no stage"
        elif file.arguments.get(named[1]) != VERSIONS.get(named[1]):
            yield f"{named[1]}={file.arguments.get(named[1])}: versions.env says {VERSIONS.get(named[1])}"


def builds_where_it_runs(file: Dockerfile) -> Iterator[str]:
    """An environment that is copied needs the very Python that made it."""
    for name in file.image.copied_from:
        if (base := file.whole(name).base) != file.image.base:
            yield f"built on {base}, run on {file.image.base}"


def runs_as_a_number(file: Dockerfile) -> Iterator[str]:
    """Kubernetes can prove of a number alone that it is not root."""
    users = file.image.all("USER")
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        yield f"USER {users[-1] if users else '(none)'}: expected two numbers, such as 10001:10001"


def keeps_code_from_its_user(file: Dockerfile) -> Iterator[str]:
    """What serves cannot be changed by whoever takes over the process."""
    for text in file.image.all("COPY"):
        if "--chown" in text or "--chmod" in text:
            yield f"COPY {text}: gives code away"


def says_how_it_is(file: Dockerfile) -> Iterator[str]:
    """A container is healthy or not, or says that nobody may ask; without curl, which would be one more program."""
    checks = file.image.all("HEALTHCHECK")
    if len(checks) != 1:
        yield "no HEALTHCHECK"
    elif checks[0] != "NONE" and not re.search(r"CMD \[\"python\", \"[^\"]+\", ", checks[0]):
        yield f"HEALTHCHECK {checks[0]}: expected a script of Python's, as a list"
    if re.search(r"\b(curl|wget)\b", " ".join(checks)):
        yield "HEALTHCHECK needs a program that is not there"


def starts_by_a_list(file: Dockerfile) -> Iterator[str]:
    """A shell between would get the signals."""
    starts = [*file.image.all("ENTRYPOINT"), *file.image.all("CMD")]
    if not starts:
        yield "neither ENTRYPOINT nor CMD"
    for text in starts:
        if not text.startswith("["):
            yield f"{text}: a shell would start it; write a list"


def is_labelled(file: Dockerfile) -> Iterator[str]:
    """Whoever meets the image learns what it is, of which version and by which licence."""
    found = dict(re.findall(r'(org\.opencontainers\.image\.\w+)="([^"]*)"', " ".join(file.image.all("LABEL"))))
    if missing := LABELS - {name for name, value in found.items() if value}:
        yield f"no label {', '.join(sorted(missing))}"
    steps = [one.name for one in file.image.instructions]
    given = [at for at, one in enumerate(file.image.instructions) if one.name == "ARG" and "VERSION" in one.value]
    if not given:
        yield "no ARG VERSION, so the label is empty"
    elif "RUN" in steps[given[0] :]:
        yield "RUN behind ARG VERSION: it is run anew with each commit"


def installs_what_is_locked(file: Dockerfile) -> Iterator[str]:
    """By version and hash; what has no hash is our own."""
    for stage in file.stages.values():
        constrained = f"UV_CONSTRAINT=/src/{_LOCK}" in " ".join(file.whole(stage.name).all("ENV"))
        for step in (step for run in stage.all("RUN") for step in re.split(r"&&|;", run)):
            held = re.search(rf"--require-hashes |--constraint \S*{_LOCK}|--no-deps ", step)
            if re.search(r"\bpip install\b", step) and not held and not (constrained and "uv pip" in step):
                yield f"{step.strip()}: expected --constraint {_LOCK}"
            if re.search(r"\b(apt-get|apk|mamba|conda|npm)\b", step):
                yield f"{step.strip()}: nothing there is locked"


def knows_no_address_and_no_secret(file: Dockerfile) -> Iterator[str]:
    """A package index is set from outside, and what is secret never lies in a layer."""
    if address := re.search(r"https?://\S+|--(extra-)?index-url|--find-links", file.text):
        yield f"{address[0]}: where packages come from is set from outside"
    for stage in file.stages.values():
        for text in [*stage.all("ARG"), *stage.all("ENV")]:
            if _SECRET.search(text):
                yield f"{text}: stays in the layers; mount it: --mount=type=secret"
    if any(stage.all("ADD") for stage in file.stages.values()):
        yield "ADD fetches and unpacks; COPY copies"


def keeps_caches_outside(file: Dockerfile) -> Iterator[str]:
    """A cache in a layer is paid for by everybody who pulls it."""
    for stage in file.stages.values():
        for run in stage.all("RUN"):
            installs = "pip install" in run and "--no-deps" not in run
            if installs and "--mount=type=cache,target=/var/cache/packages" not in run:
                yield f"RUN {run[:60]}...: expected --mount=type=cache,target=/var/cache/packages"


def copies_what_is_there(file: Dockerfile) -> Iterator[str]:
    """Each file exists, and .dockerignore lets it pass."""
    passed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for stage in file.stages.values():
        sources = [mount["source"] for mount in stage.mounts if mount["type"] == "bind" and "from" not in mount]
        sources += [word for text in stage.all("COPY") if "--from" not in text for word in text.split()[:-1]]
        for source in sources:
            if not (ROOT / source).exists():
                yield f"{source}: there is no such file"
            elif not any(source == path or source.startswith(f"{path}/") for path in passed):
                yield f"{source}: .dockerignore holds it back"


def imports_what_is_there(file: Dockerfile) -> Iterator[str]:
    """The modules whose byte code is made, and the arguments of `aoi`."""
    for stage in file.stages.values():
        for names in re.findall(r'-c "import ([^"]+)"', " ".join(stage.all("RUN"))):
            for name in names.split(", "):
                if find_spec(name) is None:
                    yield f"{name}: there is no such module"


def calls_what_is_there(file: Dockerfile) -> Iterator[str]:
    """The verb that the image starts with."""
    from aoi_modules.cli import COMMANDS

    if file.image.all("ENTRYPOINT") == ['["aoi"]']:
        verb = json.loads(file.image.all("CMD")[-1])[0]
        if verb not in COMMANDS:
            yield f"aoi {verb}: there is no such command"


RULES: tuple[Rule, ...] = (
    names_its_syntax,
    has_stages,
    has_pinned_bases,
    builds_where_it_runs,
    runs_as_a_number,
    keeps_code_from_its_user,
    says_how_it_is,
    starts_by_a_list,
    is_labelled,
    installs_what_is_locked,
    knows_no_address_and_no_secret,
    keeps_caches_outside,
    copies_what_is_there,
    imports_what_is_there,
    calls_what_is_there,
)


def broken(file: Dockerfile) -> list[str]:
    """A sentence for each break of a rule, with the rule's name."""
    return [f"{rule.__name__}: {sentence}" for rule in RULES for sentence in rule(file)]
