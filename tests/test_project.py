"""What the project promises about itself: its files agree, and give nothing private away."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import pkgutil
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import tamis

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ["requirements.lock", "requirements-dev.lock"]
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def repository_files() -> list[Path]:
    """The files that git keeps, or would keep at the next commit."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """The text of every file of the repository, by its path; binary files are left out."""
    found = {}
    for path in repository_files():
        content = path.read_bytes()
        if b"\0" not in content:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", errors="replace")
    return found


@pytest.fixture(scope="module")
def repository() -> dict[str, str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so what belongs to the repository is not known")
    return texts()


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: list[str]) -> set[str]:
    return {normalised(NAME.match(line).group()) for line in requirements}


# ---------------------------------------------------------------- code


def test_every_module_starts_with_the_future_annotations():
    without = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        first = next(
            (node for node in ast.parse(path.read_text("utf-8")).body if not is_docstring(node)),
            None,
        )
        if not (isinstance(first, ast.ImportFrom) and first.module == "__future__"):
            without.append(path.relative_to(ROOT).as_posix())
    assert without == []


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_every_module_says_what_it_is():
    names = [found.name for found in pkgutil.walk_packages(tamis.__path__, "tamis.")]
    runnable = [name for name in names if not name.endswith("__main__")]
    silent = [
        name for name in runnable if not (importlib.import_module(name).__doc__ or "").strip()
    ]
    assert "tamis.errors" in runnable
    assert silent == []


def test_public_names_are_few():
    assert 1 <= len(tamis.__all__) <= 12
    assert set(tamis.__all__) <= set(dir(tamis))


@pytest.mark.parametrize("name", tamis.__all__)
def test_a_public_name_is_documented_with_all_its_arguments(name):
    thing = getattr(tamis, name)
    if isinstance(thing, str):  # `__version__` has no docstring of its own
        return
    documentation = inspect.getdoc(thing) or ""
    assert documentation
    if inspect.isfunction(thing):
        missing = [
            argument
            for argument in inspect.signature(thing).parameters
            if not re.search(rf"\b{argument}\b", documentation)
        ]
        assert missing == []


def test_a_module_is_not_named_after_nothing_in_particular():
    vague = {"utils", "helpers", "common", "misc", "manager", "core"}
    named_so = [path for path in (ROOT / "src").rglob("*") if path.stem in vague]
    assert named_so == []


# ---------------------------------------------------------------- version and change log


def test_the_installed_version_is_the_declared_one():
    assert importlib.metadata.version("tamis") == PYPROJECT["project"]["version"]


def test_the_change_log_has_an_entry_for_the_version():
    version = re.escape(PYPROJECT["project"]["version"])
    entry = re.search(rf"^## \[{version}\].*?(?=^## |\Z)", text_of("CHANGELOG.md"), re.M | re.S)
    assert entry
    assert re.search(r"^- \S", entry.group(), re.M)


# ---------------------------------------------------------------- what is pinned


def locked(lock: str) -> dict[str, str]:
    """Each pinned requirement of a lock file, with the lines that belong to it."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", text_of(lock), flags=re.M)
    return {block.split()[0]: block for block in blocks if block.strip()}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_each_package_with_hashes(lock):
    pins = locked(lock)
    assert pins
    loose = [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==\S+", pin)]
    unhashed = [pin for pin, block in pins.items() if "--hash=sha256:" not in block]
    assert loose == []
    assert unhashed == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock):
    lines = text_of(lock).splitlines()
    assert [line for line in lines if re.search(r"://|--(extra-)?index|--find-links", line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_every_declared_dependency(lock):
    project = PYPROJECT["project"]
    declared = named(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        declared |= named(extra)
    if lock == "requirements-dev.lock":
        declared |= named(PYPROJECT["dependency-groups"]["dev"])
    assert declared - named(list(locked(lock))) == {"tamis"}  # `all` names the other extras


def test_every_dependency_has_its_reason():
    project = PYPROJECT["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    groups.append(PYPROJECT["dependency-groups"]["dev"])
    explained = {normalised(name) for name in re.findall(r"`([\w.-]+)`", reasons())}
    assert {name for group in groups for name in named(group)} - explained == {"tamis"}


def reasons() -> str:
    return text_of("docs/adr/0007-dependencies.md")


# ---------------------------------------------------------------- documents


def code_spans(document: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text_of(document))


def test_the_files_that_contributing_names_exist():
    spans = code_spans("CONTRIBUTING.md")
    paths = [span for span in spans if re.match(r"(src|tests|docs|examples|benchmarks)/", span)]
    paths = [path for path in paths if " " not in path]
    assert len(paths) > 10
    assert [path for path in paths if not any(ROOT.glob(path.rstrip("/")))] == []


def test_the_make_targets_that_the_documents_name_exist():
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.M))
    for document in ["README.md", "CONTRIBUTING.md", "docs/policy.md"]:
        wanted = {span.split()[1] for span in code_spans(document) if span.startswith("make ")}
        assert wanted <= targets


@pytest.mark.parametrize(
    "document", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
)
def test_links_between_documents_lead_somewhere(document):
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)", text_of(document))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_decision_is_numbered_in_order_and_listed():
    pages = sorted(path.stem for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [int(page[:4]) for page in pages] == list(range(1, len(pages) + 1))
    listed = text_of("docs/adr/README.md")
    assert [page for page in pages if page not in listed] == []


def rows(document: str) -> list[tuple[str, str, str]]:
    """The rows of a glossary: term, meaning, the term in the other language."""
    lines = [line for line in text_of(document).splitlines() if line.startswith("| ")]
    cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    return [row for row in cells if row[0] not in {"term", "terme", "---"}]


def test_both_glossaries_hold_the_same_terms():
    english = {(term, french) for term, _, french in rows("docs/glossary.md")}
    french = {(term, french) for french, _, term in rows("docs/fr/glossaire.md")}
    assert len(english) > 40
    assert english == french


# ---------------------------------------------------------------- what must not be in it


def test_no_file_names_a_package_registry(repository):
    host = re.compile(r"py[p]i\.|pythonhoste[d]|npmj[s]\.|--(extra-)?index-url[= ]|trusted-hos[t]")
    assert lines_with(host, repository) == []


def test_no_file_names_a_path_of_somebodys_machine(repository):
    private = re.compile(r"(?<![\w.*/-])/(?:root|work|Users/\w+|home/\w+)/\w")
    assert lines_with(private, repository) == []


def lines_with(pattern: re.Pattern[str], repository: dict[str, str]) -> list[str]:
    return [
        f"{path}: {line.strip()[:120]}"
        for path, text in repository.items()
        for line in text.splitlines()
        if pattern.search(line)
    ]
