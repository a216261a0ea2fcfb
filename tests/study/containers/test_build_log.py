"""What engines print while they build; the texts are theirs, shortened."""

import pytest

from aoi_modules.study.containers.build_log import Step, reason, steps

NEW = """#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s

#4 [1/4] FROM docker.io/library/python:3.12-slim
#4 DONE 0.0s

#5 [2/4] WORKDIR /srv
#5 CACHED

#7 [stage-1 4/4] RUN ls nothing
#7 sha256:bbc13f34ec30ea218132ae343c71f2b6ccafbfa8f618a5c6189a30e969404cd6
#7 8.775 ls: cannot access 'nothing': No such file or directory
#7 ERROR: executor failed running [/bin/sh -c ls nothing]: exit code: 2

#6 [3/4] COPY pictures ./pictures
#6 DONE 0.3s
------
 > [4/4] RUN ls nothing:
------
executor failed running [/bin/sh -c ls nothing]: exit code: 2
"""
OLD = """Step 1/3 : FROM python:3.12-slim
 ---> 45164e901d58
Step 2/3 : WORKDIR /srv
 ---> Using cache
 ---> e653285a9f0e
Step 3/3 : RUN ls nothing
 ---> Running in 0bb885f49b8b
\x1b[91mls: cannot access 'nothing': No such file or directory
\x1b[0mThe command '/bin/sh -c ls nothing' returned a non-zero code: 2
"""
PODMAN = """STEP 1/2: FROM python:3.12-slim
STEP 2/2: WORKDIR /srv
--> Using cache e653285a9f0e
COMMIT pages
"""
WHY = "ls: cannot access 'nothing': No such file or directory"


def test_steps_of_buildkit_come_in_any_order_and_are_put_in_theirs() -> None:
    assert steps(NEW) == [
        Step(1, "FROM docker.io/library/python:3.12-slim", False, 0.0),
        Step(2, "WORKDIR /srv", True),
        Step(3, "COPY pictures ./pictures", False, 0.3),
        Step(4, "RUN ls nothing"),
    ]


def test_older_engines_say_no_times() -> None:
    assert steps(OLD) == [Step(1, "FROM python:3.12-slim"), Step(2, "WORKDIR /srv", True), Step(3, "RUN ls nothing")]
    assert steps(PODMAN) == [Step(1, "FROM python:3.12-slim"), Step(2, "WORKDIR /srv", True)]
    assert steps("no build at all") == []


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (NEW, WHY),
        (OLD, WHY),
        ('#7 ERROR: "/pages/pictures" not found: not found\n------', '"/pages/pictures" not found: not found'),
        ("#7 ERROR: executor failed running [x]: exit code: 2", "executor failed running [x]: exit code: 2"),
        (
            "Step 1/1 : COPY a b\nCOPY failed: no source files were specified",
            "COPY failed: no source files were specified",
        ),
        (OLD + "Removing intermediate container 0bb885f49b8b", WHY),
        ("", "the engine gave no reason"),
    ],
)
def test_the_reason_is_what_the_failed_step_said(log: str, why: str) -> None:
    assert reason(log) == why
