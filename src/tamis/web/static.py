"""What pages load: style, scripts and pictures, under a name that changes with the content."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from tamis.server.problems import not_found

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOR_EVER = "public, max-age=31536000, immutable"


def path_of(name: str) -> str:
    """The path of a file, such as `tamis.css`; it may be kept for ever. Raises: KeyError."""
    return f"/static/{_files()[name][1]}/{name}"


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Every file by name, with its content and the fingerprint of all.

    Scripts import each other by their place, so a change of one changes the address of all.
    """
    found = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in TYPES
    }
    print_ = blake2b(b"\0".join(found.values()), digest_size=6).hexdigest()
    return {name: (content, print_) for name, content in found.items()}


@get("/static/{fingerprint:str}/{name:path}", opt={"open": True}, include_in_schema=False)
async def static_file(fingerprint: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file that pages load. Raises: Problem 404 for one that there is not."""
    content, current = _files().get(str(name).lstrip("/"), (b"", ""))
    if not current:
        raise not_found("there is no such file")
    kept = FOR_EVER if fingerprint == current else "no-store"
    headers = {"Cache-Control": kept}
    return Response(content, media_type=TYPES[Path(str(name)).suffix], headers=headers)
