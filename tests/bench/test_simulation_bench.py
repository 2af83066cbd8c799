"""How long a year of tickets takes to run under two policies."""

import random
from datetime import datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from domain.vocabulary import TicketType
from ops.simulation.comparing import compare
from ops.simulation.past import PastTicket
from policies.loading import law_of, load_policy

pytestmark = pytest.mark.bench

SAMPLE = 4_000
TICKETS = 100_000
BUDGET = 120.0


def tickets(count: int) -> list[PastTicket]:
    """Tickets spread over a year, with waits as a hotline has them."""
    chance = random.Random(1)
    begin = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    made = []
    for _ in range(count):
        received = begin + timedelta(minutes=chance.randrange(365 * 24 * 60))
        dispatched = received + timedelta(hours=chance.expovariate(1 / 6))
        signed = dispatched + timedelta(hours=chance.expovariate(1 / 8))
        replied = signed + timedelta(days=chance.expovariate(1 / 5)) if chance.random() < 0.97 else None
        made.append(
            PastTicket(
                type=chance.choice(list(TicketType)),
                received_at=received,
                dispatched_at=dispatched,
                signed_at=signed,
                replied_at=replied,
            )
        )
    return made


@pytest.mark.parametrize("against", ["heyuan", "laishan"])
def test_a_hundred_thousand_tickets_take_less_than_two_minutes(against: str) -> None:
    laws = (law_of(load_policy("jingchuan")), law_of(load_policy(against)))
    past = tickets(SAMPLE)
    began = process_time()
    compare(laws, past)
    took = (process_time() - began) * TICKETS / SAMPLE
    print(f"\njingchuan against {against}: {TICKETS:,} tickets in {took:.0f} s on one core")
    assert took < BUDGET
