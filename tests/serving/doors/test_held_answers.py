"""Answers that wait while a port closes."""

import asyncio

import pytest

from aoi_modules.serving.doors.held_answers import HeldAnswers


def test_answers_wait_during_the_block_and_go_after_it() -> None:
    async def main() -> list[str]:
        answers, seen = HeldAnswers(), []
        await answers.may_go()  # held by nobody

        async def answer() -> None:
            await answers.may_go()
            seen.append("answered")

        async with answers.held():
            waiting = asyncio.create_task(answer())
            await asyncio.sleep(0)
            seen.append("told to stop")
        await waiting
        return seen

    assert asyncio.run(main()) == ["told to stop", "answered"]


def test_a_block_that_fails_lets_answers_go() -> None:
    async def main() -> None:
        answers = HeldAnswers()
        with pytest.raises(RuntimeError, match="no stop"):
            async with answers.held():
                raise RuntimeError("no stop")
        await answers.may_go()

    asyncio.run(main())
