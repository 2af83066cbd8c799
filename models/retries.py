"""How often an activity is tried again, by name."""

from datetime import timedelta

from temporalio.common import RetryPolicy

RECORD_LOCALLY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=1),
    maximum_attempts=5,
)
"""A record on a database that hiccups, as a local activity.

When it is really away, go on with the next one.
"""

RECORD_UNTIL_STORED = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=15)
)
"""A record on a database that is away, as a regular activity: for as long as it takes."""

NOTIFY = RetryPolicy(
    initial_interval=timedelta(seconds=2),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=5),
    maximum_attempts=20,
    non_retryable_error_types=["BadNotice"],
)
"""Notices, for about an hour and a half.

What is still open then stays in `notification` for a person to see.
"""

RECORD_LOCAL_TIMEOUT = timedelta(seconds=3)
"""How long one local attempt may take."""

RECORD_LOCALLY_FOR = timedelta(seconds=5)
"""How long all local attempts may take, well below a workflow task's ten seconds."""

RECORD_TIMEOUT = timedelta(seconds=10)
"""How long one regular attempt may take."""

NOTIFY_TIMEOUT = timedelta(minutes=2)
"""How long one attempt at a batch of notices may take, longer than any gateway lets a message wait."""
