"""People of the demonstration in a real browser, on a store of their own for each worker."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.web.site import CHROMIUM, Site, Visitor, launched, served, visitor

from tamis.demo.fill import fill
from tamis.server.clock import SystemClock

LEADS = 150
SOURCE = Path(__file__).resolve().parents[2] / "src/tamis"
PARTS = ("demo", "company", "model/templates", "server/store")
Visits = Callable[..., Visitor]


@pytest.fixture(scope="session")
def demo_store(pytestconfig: pytest.Config) -> Path:
    """A store of the demonstration, made once a day for all workers; nobody writes to it."""
    now = SystemClock().now()
    kept = pytestconfig.cache.mkdir("demo") / f"{now:%Y-%m-%d}-{_fingerprint()}"
    kept.mkdir(exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return fill(kept, now, leads=LEADS, weeks=2)


def _fingerprint() -> str:
    """Of what makes the store: another one is made when it changes."""
    sources = sorted(file for part in PARTS for file in (SOURCE / part).rglob("*.*"))
    texts = (file.read_bytes() for file in sources if file.suffix in (".py", ".yaml", ".sql"))
    return blake2b(b"".join(texts), digest_size=6).hexdigest()


@pytest.fixture(scope="session")
def site(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application, on a copy of the store."""
    folder = tmp_path_factory.mktemp("site")
    store = Path(shutil.copy(demo_store, folder / "server.db"))
    with served(store, folder / "log") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser for all tests of a worker."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        found = launched(playwright)
        yield found
        found.close()


@pytest.fixture
def visits(browser: Browser, site: Site) -> Iterator[Visits]:
    """Log people in: `visits("camille")`; afterwards no browser may have complained."""
    there: list[Visitor] = []

    def log_in(login: str, *, phone: bool = False) -> Visitor:
        there.append(visitor(browser, site, login, phone=phone))
        return there[-1]

    yield log_in
    for one in there:
        one.page.context.close()
    assert [complaint for one in there for complaint in one.complaints] == []
