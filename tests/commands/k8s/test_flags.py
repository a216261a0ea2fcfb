"""Commands that stand in manifests are read by the parsers that would read them; a flag that is no more is named."""

import click
import pytest

from aoi_modules.cli import aoi
from aoi_modules.cluster.policies.pods import pods
from aoi_modules.commands.k8s.flags import commands_of, refusal, wrong_commands
from tests.cluster.overlays import OVERLAYS, Object, container, overlay, pod


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_command_of_the_overlays_is_taken(name: str) -> None:
    assert list(wrong_commands(overlay(name), aoi)) == []


def test_the_commands_of_all_our_programs_are_found() -> None:
    found = [
        words[:2] if words[0] != "serve" else words[:1]
        for name in OVERLAYS
        for described in pods(overlay(name))
        for part in described.all_containers
        for words in commands_of(part)
    ]
    for words in (["gateway", "--routes=/etc/gateway/routes/routes.yaml"], ["gateway", "empty"], ["serve"],
                  ["results", "migrate"], ["k8s", "buckets"], ["registry", "sync"]):  # fmt: skip
        assert words in found


def argue(part: Object, word: str) -> None:
    part["args"].append(word)


def test_a_flag_that_is_no_more_is_named_wherever_it_stands() -> None:
    objects = overlay("prod")
    argue(container(objects), "--drain_second=5")
    argue(container(objects, "Deployment", "model-serving"), "--model_config=x")
    argue(pod(objects, "Deployment", "model-serving")["initContainers"][0], "--evry=5")
    container(objects)["lifecycle"]["preStop"]["exec"]["command"].append("--wait")
    problems = list(wrong_commands(objects, aoi))
    for words in ("--drain_second", "--model_config", "--evry", "--wait"):
        assert sum(words in problem for problem in problems) == 1, problems
    assert len(problems) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serve", "--port=8500"], ""),
        (["serve", "--port=any", "extra"], "unexpected extra argument"),
        (["serve", "--help"], ""),
        (["paint"], "No such command 'paint'"),
        (["results", "paint"], "No such command 'paint'"),
        (["results", "migrate", "--database"], "requires an argument"),
        (["gateway", "--port=99999999"], "expected a port number"),
    ],
)
def test_the_parser_says_what_is_wrong_and_nothing_starts(words: list[str], said: str) -> None:
    found = refusal(words, aoi)
    assert said in found
    assert bool(said) == bool(found)


def test_a_command_alone_is_read_too() -> None:
    @click.command()
    @click.option("--times", type=int)
    def wave(times: int) -> None:
        raise AssertionError("nothing is started")

    assert refusal(["--times=3"], wave) == ""
    assert "not a valid integer" in refusal(["--times=x"], wave)


def test_a_gateway_that_is_started_by_its_own_name_is_read() -> None:
    assert list(commands_of({"image": "x", "command": ["aoi", "serve"], "args": ["--port=1"]})) == [
        ["serve", "--port=1"]
    ]
    assert list(commands_of({"image": "r:5000/aoi/gateway:1", "args": ["gateway"]})) == [["gateway"]]
    assert list(commands_of({"image": "aoi/jupyter:1", "args": ["start-course", "--A.b=1"]})) == []
    assert list(commands_of({"image": "postgres:1", "args": ["gateway"]})) == []
