"""What holds for every page: who may see it, what it may load, how much script is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from tamis.server.assemble import assemble
from tamis.server.clock import SystemClock
from tamis.server.settings import Settings
from tamis.server.store import migrate
from tamis.web import static
from tamis.web.app import application
from tamis.web.pages import HANDLERS
from tamis.web.visit import POLICY

MOST_LINES = 300
"""Of our own JavaScript, in all."""
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE)


ROUTES = [handler for handler in HANDLERS if isinstance(handler, HTTPRouteHandler)]
"""Every route that is a page or does something for one."""

CLOSED = [handler for handler in ROUTES if not handler.opt.get("open")]


def test_every_route_is_looked_at() -> None:
    assert len(ROUTES) == len(HANDLERS)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    """The application on an empty store, and a browser that nobody has logged in with."""
    store = tmp_path_factory.mktemp("pages") / "tamis.db"
    parts = assemble(Settings(store=str(store)), SystemClock())
    migrate.upgrade(parts.server.database)
    with TestClient(application(parts.server), raise_server_exceptions=False) as found:
        yield found
    parts.close()


@pytest.mark.parametrize("handler", ROUTES, ids=lambda one: one.handler_name)
def test_a_page_is_open_or_asks_for_a_permission(handler: HTTPRouteHandler) -> None:
    asks = any(hasattr(guard, "permission") for guard in handler.guards or ())
    assert asks != bool(handler.opt.get("open"))


@pytest.mark.parametrize("handler", CLOSED, ids=lambda one: one.handler_name)
def test_who_is_not_known_is_sent_to_log_in(
    client: TestClient[Any], handler: HTTPRouteHandler
) -> None:
    for path in handler.paths:
        asked = re.sub(r"\{\w+:(int)\}", "1", re.sub(r"\{\w+:(str|path)\}", "x", path))
        for method in handler.http_methods:
            answer = client.request(method, asked, follow_redirects=False)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/sign-in")
            part = client.request(
                method, asked, headers={"HX-Request": "true"}, follow_redirects=False
            )
            assert part.headers["hx-redirect"].startswith("/sign-in")


@pytest.mark.parametrize("path", ["/sign-in", "/set-password/none", "/first-admin/none"])
def test_what_everybody_sees_is_as_strict(client: TestClient[Any], path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "fr"})
    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert '<html lang="fr">' in answer.text
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "template",
    sorted(static.FOLDER.parent.joinpath("templates").rglob("*.html")),
    ids=lambda path: "/".join(path.parts[-2:]),
)
def test_no_template_has_script_or_style_within(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not INLINE.search(text)
    assert not SCRIPT.search(text)
    assert "|safe" not in text.replace(" ", "")


def test_our_own_script_is_short() -> None:
    ours = [file for file in static.FOLDER.rglob("*.js") if "vendor" not in file.parts]
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in ours)
    assert lines <= MOST_LINES
    for file in ours:
        assert not re.search(r"\beval\(|new Function|innerHTML", file.read_text(encoding="utf-8"))


FINGERPRINTS = {
    "htmx.min.js": "d6fdc75f204e6bde",
    "sse.min.js": "98a46496de0c3605",
    "vega-interpreter.js": "7c551bd85a4df614",
    "vega-lite.min.js": "843d20762ca6e52f",
    "vega.min.js": "8f6a3587cf8d4f42",
}


def test_what_others_wrote_is_as_it_came() -> None:
    found = {
        file.name: sha256(file.read_bytes()).hexdigest()[:16]
        for file in (static.FOLDER / "vendor").glob("*.js")
    }
    assert found == FINGERPRINTS


def test_a_file_is_kept_for_ever_under_its_fingerprint(client: TestClient[Any]) -> None:
    answer = client.get(static.path_of("tamis.css"))
    assert answer.headers["cache-control"] == static.FOR_EVER
    assert client.get("/static/other/tamis.css").headers["cache-control"] == "no-store"
    assert client.get("/static/other/../app.py").status_code == 404
    assert client.get("/static/other/none.css").status_code == 404
