"""The end of a process that may have talked to Temporal."""

from __future__ import annotations

import atexit
import logging
import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Ends the process with this exit code, whatever the threads of the Temporal client are doing.

    temporalio 1.35 keeps threads of its own that may call into an interpreter that is being taken down, and
    abort it: about one short program in ten ends with SIGABRT or SIGSEGV instead of its exit code. So what a
    normal end owes is done here (exit hooks, log handlers, output), and the taking down is left out.
    """
    if "temporalio.bridge" not in sys.modules:
        sys.exit(code)
    atexit._run_exitfuncs()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            # Whoever read our output has gone: nobody is left to tell.
            continue
    os._exit(code)
