"""The list of callbacks: who waits, how often they were called, and how often the policy has it."""

from typing import Any

from tests.hotline import Hotline

WATER = "水务局"


async def closed(hotline: Hotline, **said: Any) -> str:
    """A ticket that was answered and closed, and whose callers are to be called back."""
    no = await hotline.ticket(type="consultation", **said)
    await hotline.done(no, "answer", text="可在营业厅办理。")
    return no


async def waiting(hotline: Hotline, **query: Any) -> dict[str, Any]:
    page: dict[str, Any] = await hotline.read("/callbacks", role="agent", **query)
    return {one["ticket"]["no"]: one for one in page["waiting"]}


async def test_a_caller_waits_until_reached_and_each_attempt_counts(hotline: Hotline) -> None:
    no = await closed(hotline)
    first = (await waiting(hotline))[no]
    assert first["attempts_allowed"] == 3
    (caller,) = first["callers"]
    assert (caller["attempts"], caller["last_attempt_at"]) == (0, None)
    assert (caller["name"], caller["phone"]) == ("王**", "138****8000"), "masked"
    await hotline.done(no, "callback", reached=False)
    (caller,) = (await waiting(hotline))[no]["callers"]
    assert caller["attempts"] == 1
    assert caller["last_attempt_at"] is not None
    await hotline.done(no, "callback", reached=True, handling="satisfied", intake="satisfied", solved=True)
    assert no not in await waiting(hotline)


async def test_who_was_not_reached_as_often_as_the_policy_has_it_waits_no_more(hotline: Hotline) -> None:
    no = await closed(hotline)
    for _ in range(3):
        assert no in await waiting(hotline)
        await hotline.done(no, "callback", reached=False)
    assert no not in await waiting(hotline)


async def test_of_many_callers_those_who_wait_are_listed_each_with_their_attempts(hotline: Hotline) -> None:
    people = [{"name": "王芳", "phone": "13800138000"}, {"name": "李强", "phone": "13800138001"}]
    no = await closed(hotline, callers=people)
    both = {one["name"]: one["id"] for one in (await waiting(hotline))[no]["callers"]}
    await hotline.done(
        no, "callback", reached=True, handling="satisfied", intake="satisfied", caller=both["王**"]
    )
    await hotline.done(no, "callback", reached=False, caller=both["李**"])
    (left,) = (await waiting(hotline))[no]["callers"]
    assert (left["name"], left["attempts"]) == ("李**", 1)


async def test_a_page_goes_on_where_the_one_before_ended(hotline: Hotline) -> None:
    numbers = sorted([await closed(hotline) for _ in range(3)])
    first = await hotline.read("/callbacks", role="agent", limit=2)
    assert [one["ticket"]["no"] for one in first["waiting"]] == numbers[:2]
    rest = await hotline.read("/callbacks", role="agent", limit=2, cursor=first["next_cursor"])
    assert [one["ticket"]["no"] for one in rest["waiting"]] == numbers[2:]
    assert rest["next_cursor"] is None


async def test_the_menu_counts_what_the_list_holds_before_and_after_closing(hotline: Hotline) -> None:
    async def counted() -> tuple[int, int]:
        return (await hotline.read("/statistics/desk", role="agent"))["callbacks"], len(
            await waiting(hotline)
        )

    assert await counted() == (0, 0)
    no, other = await closed(hotline), await closed(hotline)
    assert await counted() == (2, 2)
    await hotline.done(no, "callback", reached=True, handling="satisfied", intake="satisfied", solved=True)
    assert await counted() == (1, 1)
    for _ in range(3):
        await hotline.done(other, "callback", reached=False)
    assert await counted() == (0, 0), "one was reached, the other is given up"
    assert (await hotline.read("/statistics/desk", role="leader"))["callbacks"] == 0
