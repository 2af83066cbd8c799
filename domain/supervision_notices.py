"""Who is told when a supervision's answer falls due: notices made from its facts."""

from collections.abc import Iterable, Iterator

from domain.facts import ClockBreached, Fact, LampLit
from domain.notices import Notice
from domain.supervision import Supervision, evolve


def notices(before: Supervision | None, made: Iterable[Fact], about: str) -> Iterator[Notice]:
    """The notices that some facts call for. `about` is the number the messages name, the ticket's or its own.

    What its opening calls for is the ticket's to tell, which opened it.
    """
    if before is None:
        return
    state = before
    for fact in made:
        lit_now = {role for rung in state.ladder if rung.at == state.due for role in rung.notify}
        due = state.due
        state = evolve(state, fact)
        if due is None or not isinstance(fact, LampLit | ClockBreached):
            continue
        told_by_lamp = lit_now if isinstance(fact, ClockBreached) else set()
        roles = tuple(role for role in fact.notify if role not in told_by_lamp)
        template = fact.lamp.value if isinstance(fact, LampLit) else "breached"
        if roles:
            yield Notice(
                key=f"{state.no}.{state.seq}.{template}",
                template=template,
                roles=roles,
                unit=fact.unit,
                via=fact.via,
                params={
                    "ticket": about,
                    "unit": fact.unit,
                    "clock": fact.clock.value,
                    "due": due.isoformat(),
                },
            )
