"""The table is whole, and the README shows it."""

from pathlib import Path

from aoi_modules.pictures import formats

README = Path(__file__).parents[2] / "README.md"


def test_every_sentence_says_what_came_and_what_to_do() -> None:
    sentences = [refusal.sentence for refusal in formats.REFUSALS]
    assert len(set(sentences)) == len(sentences)
    for refusal in formats.REFUSALS:
        assert refusal.sentence == f"{formats.EXPECTED}. Received: {refusal.received}; {refusal.remedy}"
        assert refusal.sentence.isascii()


def test_every_refusal_is_in_the_list() -> None:
    named = {value for value in vars(formats).values() if isinstance(value, formats.Refusal)}
    assert named | {refusal for _, _, refusal in formats.FOREIGN} == set(formats.REFUSALS)


def test_no_ending_is_both_read_and_not() -> None:
    assert not set(formats.ENDINGS) & set(formats.OTHER_ENDINGS)


def test_the_readme_shows_the_table() -> None:
    text = README.read_text(encoding="utf-8")
    for row in formats.TABLE:
        assert f"| {row.name} | {row.read} | {row.refused} |" in text
    assert f"{formats.MAX_PIXELS:,}" in text
