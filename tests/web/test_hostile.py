"""Names that would run, turn around or burst a page: they are shown, and nothing else happens."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.web.site import Site, served, violations, visitor

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}${alert(1)}",
    "\u202eevil\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "😀👩‍👩‍👧‍👦" * 10,
    "W" * 200,
    "=HYPERLINK(1)",
    "",
)
PATHS = ("/my-leads", "/leads", "/pipeline", "/false-positives", "/grid", "/data-quality")


@pytest.fixture(scope="module")
def hostile_site(
    demo_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, list[str]]]:
    """The application on a store where every lead, account and person has such a name."""
    folder = tmp_path_factory.mktemp("hostile")
    store = Path(shutil.copy(demo_store, folder / "server.db"))
    with sqlite3.connect(store) as connection:
        ids = _renamed(connection)
    connection.close()
    with served(store, folder / "log") as site:
        yield site, ids


def _renamed(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT lead, lead_id, fields FROM leads ORDER BY lead").fetchall()
    for lead, _, fields in rows:
        name = NAMES[lead % len(NAMES)]
        said = json.loads(fields) | dict.fromkeys(("name", "job_title", "company", "source"), name)
        connection.execute("UPDATE leads SET fields = ? WHERE lead = ?", (json.dumps(said), lead))
    for account, fields in connection.execute("SELECT account, fields FROM accounts").fetchall():
        said = json.loads(fields) | {"name": NAMES[account % len(NAMES)]}
        connection.execute(
            "UPDATE accounts SET fields = ? WHERE account = ?", (json.dumps(said), account)
        )
    connection.execute("UPDATE users SET name = ?", (NAMES[0],))
    return [rows[place][1] for place in range(len(NAMES))]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_pages_stand(
    browser: Browser, hostile_site: tuple[Site, list[str]], *, phone: bool
) -> None:
    site, ids = hostile_site
    found = visitor(browser, site, "camille", phone=phone)
    found.page.on("dialog", lambda dialog: found.complaints.append(dialog.message))
    for path in (*PATHS, *(f"/lead?lead_id={lead}" for lead in ids)):
        page = found.open(path)
        expect(page.locator(".counting")).to_have_count(0, timeout=30_000)
        assert page.locator("main h1").count() == 1, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), path
        assert page.locator("main script:not([type='application/json'])").count() == 0, path
    assert violations(found.page) == []
    assert found.complaints == []
    found.page.context.close()
