"""TCP ports on the loopback address: which are free, and which to take."""

import socket
from collections.abc import Collection

from engine.errors import OperatorError

LOOPBACK = "127.0.0.1"
_TRIES = 200


class PortTakenError(OperatorError):
    """A port that was asked for by name is in use."""


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now; `SO_REUSEADDR` as the servers set it, so that TIME_WAIT is no obstacle."""
    with socket.socket(_family(host)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def any_free(host: str = LOOPBACK) -> int:
    """A port chosen by the operating system."""
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def choose(preferred: int, host: str = LOOPBACK, taken: Collection[int] = ()) -> int:
    """`preferred`, or the next free port above it; 0 leaves the choice to the operating system."""
    if preferred == 0:
        return any_free(host)
    last = min(preferred + _TRIES, 65536)
    for port in range(preferred, last):
        if port not in taken and is_free(port, host):
            return port
    return any_free(host)


def demand(port: int, setting: str, host: str = LOOPBACK) -> int:
    """The port itself or an error: who asked for a port by name shall not get another one silently."""
    if port == 0:
        return any_free(host)
    if not is_free(port, host):
        raise PortTakenError(
            f"{setting}: port {port} on {host} is in use by another program. End that program or set {setting} to another port."
        )
    return port


def is_open(host: str, port: int, timeout: float = 0.5) -> bool:
    """Whether something answers there."""
    try:
        with socket.create_connection((host, port), timeout=timeout):
            return True
    except OSError:
        return False


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
