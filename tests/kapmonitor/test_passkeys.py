"""The digits on a device's display are asked for across the line, once at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from kapmonitor.errors import Refused
from kapmonitor.messages import PasskeyWanted
from kapmonitor.passkeys import PasskeyDoor, Passkeys

CUFF, OTHER = "C0:00:00:00:00:10", "C0:00:00:00:00:11"


def test_a_question_is_asked_answered_and_taken_back():
    async def visit() -> tuple[list[PasskeyWanted], int | None]:
        told: list[PasskeyWanted] = []
        passkeys = Passkeys(told.append)
        asking = asyncio.create_task(passkeys.ask(CUFF))
        await asyncio.sleep(0)
        passkeys.give(271828)
        return told, await asking

    told, digits = asyncio.run(visit())
    assert digits == 271828
    assert told == [PasskeyWanted(CUFF), PasskeyWanted(CUFF, wanted=False)]


def test_a_second_device_waits_for_its_turn():
    async def visit() -> tuple[list[str], list[int | None]]:
        told: list[PasskeyWanted] = []
        passkeys = Passkeys(told.append)
        asking = [asyncio.create_task(passkeys.ask(device)) for device in (CUFF, OTHER)]
        for digits in (1, None):
            while not told or not told[-1].wanted:
                await asyncio.sleep(0)
            passkeys.give(digits)
            told.append(PasskeyWanted("answered", wanted=False))
        return [t.address for t in told if t.wanted], await asyncio.gather(*asking)

    assert asyncio.run(visit()) == ([CUFF, OTHER], [1, None])


def test_a_question_that_took_too_long_is_over():
    async def visit() -> PasskeyWanted:
        told: list[PasskeyWanted] = []
        passkeys = Passkeys(told.append)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await passkeys.ask(CUFF)
        with pytest.raises(Refused) as refused:
            passkeys.give(5)
        assert refused.value.code == "no_passkey_wanted"
        return told[-1]

    assert asyncio.run(visit()) == PasskeyWanted(CUFF, wanted=False)


@pytest.mark.parametrize("digits", [-1, 1_000_000])
def test_seven_digits_are_no_passkey_and_the_question_stays(digits: int):
    async def visit() -> int | None:
        passkeys = Passkeys(lambda _told: None)
        asking = asyncio.create_task(passkeys.ask(CUFF))
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            passkeys.give(digits)
        assert refused.value.code == "passkey_malformed"
        passkeys.give(7)
        return await asking

    assert asyncio.run(visit()) == 7


class TestBeforeTheVisit:
    """Whoever connects waits on a loop of its own; the page answers from its own thread."""

    def test_the_page_sees_the_question_and_answers_it_from_another_thread(self):
        door = PasskeyDoor()
        with ThreadPoolExecutor(1) as pool:
            digits = pool.submit(asyncio.run, door.ask(CUFF))
            while not door.wanted:
                assert not digits.done()
            assert door.wanted == CUFF

            door.give(271828)

            assert digits.result(30) == 271828
        assert door.wanted == ""

    def test_one_question_at_a_time(self):
        async def two() -> tuple[int | None, int | None]:
            door = PasskeyDoor()
            first = asyncio.create_task(door.ask(CUFF))
            await asyncio.sleep(0)
            second = await door.ask(OTHER)
            door.give(1)
            return await first, second

        assert asyncio.run(two()) == (1, None)

    def test_what_nobody_asked_for_and_what_is_no_passkey_is_refused(self):
        async def wrong() -> list[str]:
            door, codes = PasskeyDoor(), []
            with pytest.raises(Refused) as nobody:
                door.give(5)
            asking = asyncio.create_task(door.ask(CUFF))
            await asyncio.sleep(0)
            with pytest.raises(Refused) as seven:
                door.give(1_000_000)
            codes += [nobody.value.code, seven.value.code, door.wanted]
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            return [*codes, door.wanted]

        found = asyncio.run(wrong())

        assert found == ["no_passkey_wanted", "passkey_malformed", CUFF, ""]
