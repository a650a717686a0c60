"""Sockets, start and end of the server."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from restorer.config import Settings
from restorer.errors import SettingsError
from restorer.extras import needed
from restorer.serve.limits import Limits

__all__ = ["Plan", "is_loopback", "serve"]

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

_DRAIN = 30
"""Seconds in which requests may still be answered once the server is told to end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to serve.

    :param settings: Model, thresholds and policies.
    :param host: Address to listen on.
    :param port: Port; 0 for any that is free.
    :param token: Bearer token; empty for none.
    :param insecure: Listen on other addresses than this machine's own without a token.
    :param workers: Worker processes.
    :param limits: What is refused.
    """

    settings: Settings
    host: str = "127.0.0.1"
    port: int = 8000
    token: str = field(default="", repr=False)
    insecure: bool = False
    workers: int = 1
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse to be open to strangers by accident.

        :raises SettingsError: if a value is wrong, or an address is not this machine's own and there is no token.
        """
        if not 0 <= self.port <= 65535:
            msg = f"port must be between 0 and 65535, got {self.port}; try 8000"
            raise SettingsError(msg)
        if not self.token and not self.insecure and not is_loopback(self.host):
            msg = (
                f"{self.host} can be reached from other machines; give a --token that clients must send, "
                "or --insecure to do without"
            )
            raise SettingsError(msg)
        if not self.token.isascii() or self.token != self.token.strip():
            msg = "the token must be ASCII without spaces at its ends, since it travels in a header"
            raise SettingsError(msg)

    @property
    def hosts(self) -> frozenset[str]:
        """Names to be addressed by; empty, for any, where a token or the user's word stands in for the check."""
        return _LOCAL | {self.host} if is_loopback(self.host) and not self.token else frozenset()


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only.

    :param host: A name or an address.
    :return: False for names other than ``localhost``.
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(plan: Plan, announce: Callable[[str, str], None]) -> None:
    """Serve until told to end, then answer what has come in.

    :param plan: How.
    :param announce: Told the address and the model once requests are taken.
    :raises SettingsError: if the address cannot be listened on.
    :raises ModelError: if the model cannot be loaded.
    :raises MissingDependencyError: if the extra is not installed.
    """
    for library in ("fastapi", "jinja2", "prometheus_client", "uvicorn"):
        needed(library, "restore serve needs", extra="serve")
    with _listening(plan.host, plan.port) as listener:
        asyncio.run(_serve(plan, listener, announce))


def _listening(host: str, port: int) -> socket.socket:
    """A socket of our own, so that a port in use is an error before a model is loaded, and port 0 is known."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=256)
        # Connections inherit it. asyncio sets it on sockets of its own only, and without it every answer's body waits
        # some 40 ms for the client to acknowledge the head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except OSError as error:
        msg = f"cannot listen on {host} port {port} ({error.strerror or error}); choose another --host or --port"
        raise SettingsError(msg) from error


async def _serve(plan: Plan, listener: socket.socket, announce: Callable[[str, str], None]) -> None:
    import uvicorn

    from restorer.serve.app import create_app, make_service
    from restorer.serve.worker import Work

    service = make_service(Work(plan.settings), workers=plan.workers, limits=plan.limits)
    app = create_app(service, token=plan.token, hosts=plan.hosts, started=True)

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            service.draining = True
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=_DRAIN,
    )
    await service.pool.start()
    # uvicorn raises what ended it once more when all is done; by then it has been heeded.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    try:
        host = f"[{plan.host}]" if ":" in plan.host else plan.host
        assert service.pool.model is not None
        announce(f"http://{host}:{listener.getsockname()[1]}/", service.pool.model.model)
        await Server(config).serve(sockets=[listener])
    finally:
        await service.pool.close()
