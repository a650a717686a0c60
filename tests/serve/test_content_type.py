from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.examples.server import serving


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_json_that_is_not_said_to_be_json_is_refused_with_the_header_to_send(kind: str) -> None:
    request_data = b'{"text": "He mentioned it."}'
    with serving() as address, pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{address}v1/restore", request_data, {"Content-Type": kind}))
    with refused.value as answer:
        message = json.load(answer)["error"]
    assert refused.value.code == 422
    assert "Content-Type: application/json" in message
    assert "He mentioned" not in message
