from __future__ import annotations

import socket

from restorer.serve.run import _listening


def test_answers_do_not_wait_for_the_client_to_acknowledge_their_heads() -> None:
    with _listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
