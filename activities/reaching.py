"""Telling apart a Temporal that is away from one that says no."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

_SAYS_NO = frozenset(
    {
        RPCStatusCode.NOT_FOUND,
        RPCStatusCode.ALREADY_EXISTS,
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.PERMISSION_DENIED,
        RPCStatusCode.UNAUTHENTICATED,
        RPCStatusCode.UNIMPLEMENTED,
    }
)


class EngineAway(Exception):
    """Temporal or every worker is away: what is stored will be done later."""


@contextmanager
def reaching_temporal() -> Iterator[None]:
    """Raises EngineAway where a call did not get through or got no answer in time."""
    try:
        yield
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise EngineAway("no worker answered in time") from error
    except RPCError as error:
        if error.status in _SAYS_NO:
            raise
        raise EngineAway(error.status.name) from error
    except RuntimeError as error:
        # What the SDK raises when a client that connects at its first call cannot.
        if "Failed client connect" in str(error):
            raise EngineAway("no connection") from error
        raise
