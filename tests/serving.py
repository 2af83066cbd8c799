"""Real HTTP servers on loopback, each in a thread with a loop of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from ops.ports import free_port
from tests.waiting import until


@contextmanager
def served(app: ASGIApp, port: int | None = None) -> Iterator[str]:
    """The address (http://127.0.0.1:port) of an application that runs until the end of the block."""
    port = port or free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started or not thread.is_alive(), "the server to start")
    assert thread.is_alive(), "the server did not start"
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
