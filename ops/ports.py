"""TCP ports of this machine."""

from __future__ import annotations

import socket

from ops.errors import OperationFailed


def free_port() -> int:
    """A port of the loopback address that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` of `host` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def accepts_connections(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something answers on `port` of `host`."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def require_free(port: int, purpose: str, setting: str, host: str = "127.0.0.1") -> None:
    """Raises OperationFailed that names the port, what wanted it and the setting that moves it."""
    if not is_free(port, host):
        raise OperationFailed(
            f"port {port} on {host}, wanted for {purpose}, is taken by another program; "
            f"stop that, or set {setting} to a free port"
        )
