"""Letters for sinks: each stays until its sink has taken it, and goes to no other gateway's."""

from aoi_modules.results.database.connection import Database
from aoi_modules.results.database.outbox import Letter, by_sink, oldest, put, senders, take_over, taken, waiting
from aoi_modules.results.record import new_id
from tests.results.conftest import with_database


def letter(number: int, sink: str = "broker", gateway: str = "first") -> Letter:
    return Letter(sink, gateway, new_id(), f'{{"number": {number}, "text": "Prüfling"}}')


async def post(database: Database, *letters: Letter) -> None:
    async with database.transaction() as connection:
        await put(connection, letters)


def test_the_oldest_come_first_to_their_own_sink_and_gateway(database_url: str) -> None:
    async def act(database: Database) -> None:
        mine = [letter(number) for number in range(5)]
        await post(database, *mine[:2], letter(7, sink="webhook"), *mine[2:], letter(8, gateway="second"))
        assert [found for _, found in await oldest(database, "first", "broker", 4)] == mine[:4]
        assert await waiting(database, "first", "broker") == 5
        assert await waiting(database, "first", "webhook") == 1
        assert await waiting(database, "second", "webhook") == 0

    with_database(database_url, act)


def test_what_was_taken_is_forgotten_and_the_rest_stays(database_url: str) -> None:
    async def act(database: Database) -> None:
        letters = [letter(number) for number in range(4)]
        await post(database, *letters)
        numbers = [number for number, _ in await oldest(database, "first", "broker", 9)]
        assert numbers == sorted(numbers)
        await taken(database, [numbers[0], numbers[2]])
        await taken(database, [])
        assert [found for _, found in await oldest(database, "first", "broker", 9)] == [letters[1], letters[3]]

    with_database(database_url, act)


def test_no_number_comes_twice_so_forgetting_twice_forgets_no_other_letter(database_url: str) -> None:
    async def act(database: Database) -> None:
        await post(database, letter(1))
        ((number, _),) = await oldest(database, "first", "broker", 9)
        await taken(database, [number])
        following = letter(2)
        await post(database, following)
        await taken(database, [number])
        assert [found for _, found in await oldest(database, "first", "broker", 9)] == [following]

    with_database(database_url, act)


def test_no_letters_are_no_statement(database_url: str) -> None:
    async def act(database: Database) -> None:
        await post(database)
        assert await oldest(database, "first", "broker", 9) == []

    with_database(database_url, act)


def test_letters_are_counted_by_sink(database_url: str) -> None:
    async def act(database: Database) -> None:
        await post(database, letter(1), letter(2), letter(3, sink="webhook"), letter(4, gateway="second"))
        assert await by_sink(database, "first") == {"broker": 2, "webhook": 1}
        assert await by_sink(database, "third") == {}

    with_database(database_url, act)


def test_letters_of_another_gateway_are_taken_over_oldest_first_and_once(database_url: str) -> None:
    async def act(database: Database) -> None:
        theirs = [letter(number, gateway="gone") for number in range(5)]
        await post(database, letter(7), *theirs, letter(8, sink="webhook", gateway="gone"))
        assert await senders(database) == ["first", "gone"]
        assert await take_over(database, "first", "gone", ["broker", "other"], 3) == 3
        assert [found.about for _, found in await oldest(database, "first", "broker", 9)][1:] == [
            one.about for one in theirs[:3]
        ]
        assert await take_over(database, "second", "gone", ["broker"], 9) == 2
        assert await take_over(database, "first", "gone", ["broker"], 9) == 0
        assert await by_sink(database, "gone") == {"webhook": 1}

    with_database(database_url, act)
