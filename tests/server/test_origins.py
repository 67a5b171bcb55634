"""Pages of sites that are named may send from the browser; those of others may not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from litestar.testing import TestClient

from tamis.server.app import application
from tamis.server.server import Server

SITE = "https://www.example.com"


@pytest.mark.parametrize(
    ("origins", "allowed"), [((), None), ((SITE,), SITE), (("https://x.y",), None)]
)
def test_a_page_asks_before_it_sends(
    server: Server, origins: tuple[str, ...], allowed: str | None
) -> None:
    server.settings = replace(server.settings, origins=origins)
    with TestClient(application(server)) as client:
        headers = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
        answer = client.options("/v1/track", headers=headers)
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert "access-control-allow-credentials" not in answer.headers
