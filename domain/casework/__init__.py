"""Casework: what may happen to a ticket, and what follows from it.

`decide` answers a command with the facts it makes, or raises `Rejected`; `settle` gives the facts that time
alone makes. Neither changes anything. What may happen in which status and by which role is the table in
`transitions`.
"""

from domain.casework.alarms import Ring, next_ring, settle
from domain.casework.deciding import allowed_commands, decide, register
from domain.rejected import Rejected

__all__ = ["Rejected", "Ring", "allowed_commands", "decide", "next_ring", "register", "settle"]
