"""The data folder: made, checked, and held by one `jiesu up` at a time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.errors import OperationFailed


def prepare(folder: Path) -> None:
    """Makes the folder if it is missing. Raises OperationFailed, naming it, if nothing can be written there.

    Root's is open to enter, because Postgres runs as another user there; what is secret in it has mode 0600.
    """
    try:
        folder.mkdir(mode=0o755 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OperationFailed(
            f"cannot write to the data folder {folder}: {error.strerror}; "
            "set JIESU_DATA_DIR to one you may write to"
        ) from error


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Holds the folder against a second `jiesu up`; raises OperationFailed if one has it already.

    The hold is the kernel's: it ends with the process, however that ends.
    """
    with (folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise OperationFailed(
                f"Jiesu is already running with the data folder {folder} (process {holder})"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
