"""The words of the course: all there, each with a meaning in plain sentences, and none twice."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from aoi_modules.course import material
from aoi_modules.course.checklist import reading
from aoi_modules.course.reference.glossary import FILE_NAME, Word, load
from aoi_modules.errors import CourseError

FOLDER = material.official_dir()
CURRICULUM = reading.load(FOLDER / reading.FILE_NAME)
GLOSSARY = load(FOLDER / material.NOTEBOOKS / FILE_NAME, CURRICULUM)
WANTED = """
escape, overkill, epoch, sigmoid, logits, softmax, learning rate, ROC, AUC, AUROC, threshold, REVIEW,
backbone, head, servable, signature, protobuf, gRPC, REST, pod, Deployment, Service, Namespace, ConfigMap,
selector, probe, container, image, review band, mean+max, AOI, verdict, score, batch, loss, optimizer,
momentum, decay, stride, padding, dropout, callback, validation loss, precision, recall, augmentation, class
weights, oversampling, fine-tuning, linear probe, gateway, canary, manifest, parity, deadline, base64, tensor,
Docker, Kubernetes, kubectl, port, volume
"""


def test_every_word_that_readers_missed_has_a_meaning() -> None:
    forms = {form for word in GLOSSARY.words for form in word.forms}
    assert {word.strip() for word in WANTED.replace("\n", " ").split(",")} - forms == set()


def test_meanings_are_short_sentences() -> None:
    for word in GLOSSARY.words:
        for sentence in re.split(r"(?<=[.?])\s", word.meaning):
            assert len(sentence.split()) <= 30, (word.word, sentence)
            assert sentence[0].isupper() or sentence[0].isdigit() or sentence.startswith("p50"), (word.word, sentence)


def test_the_page_is_sorted_as_readers_look_words_up() -> None:
    names = [word.word.lower() for word in GLOSSARY.alphabetical]
    assert names == sorted(names)
    assert len(names) == len(GLOSSARY.words)


def test_a_word_belongs_to_the_lessons_in_which_it_means_that() -> None:
    assert Word(word="probe", meaning="A question.", lessons=("7",)).belongs_to("7")
    assert not Word(word="probe", meaning="A question.", lessons=("7",)).belongs_to("3")
    assert Word(word="epoch", meaning="One look.").belongs_to("3")


def test_a_form_may_mean_two_things_in_two_lessons(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    words = [{"word": name, "also": ["channel"], "meaning": "A.", "lessons": [name]} for name in ("3", "8")]
    path.write_text(yaml.safe_dump({"words": words}))
    assert [word.word for word in load(path, CURRICULUM).words] == ["3", "8"]


GOOD = {"word": "epoch", "meaning": "One look at every picture."}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([GOOD, GOOD], "'word-epoch' is the place of two words on the page"),
        ([{"word": "a b", "meaning": "One."}, {"word": "a-b", "meaning": "Two."}], "'word-a-b' is the place of two"),
        ([GOOD, {"word": "look", "also": ["epoch"], "meaning": "One."}], "'epoch' has two meanings in lesson 1"),
        ([GOOD, {"word": "look", "also": ["epoch"], "meaning": "A.", "lessons": ["3"]}], "two meanings in lesson 3"),
        ([{**GOOD, "meaning": "one look"}], "'epoch': expected a meaning in whole sentences"),
        ([{**GOOD, "lessons": ["99"]}], r"'epoch': expected lessons of curriculum.yml. Received: \['99'\]"),
        ([{"word": "epoch"}], "missing required field `meaning`"),
    ],
)
def test_a_word_that_breaks_a_rule_is_named(tmp_path: Path, words: list[Any], said: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(yaml.safe_dump({"words": words}))
    with pytest.raises(CourseError, match=f"^{path}: .*{said}"):
        load(path, CURRICULUM)
