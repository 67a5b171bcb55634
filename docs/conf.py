"""How Sphinx builds these pages: MyST Markdown, the Furo theme, docstrings read from the code."""

from __future__ import annotations

from importlib.metadata import version as installed_version

project = "Tamis"
author = "The Tamis developers"
project_copyright = "2026, The Tamis developers"
release = installed_version("tamis")
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
nitpicky = False
# A glob of the table of contents may name a folder that has no page yet.
suppress_warnings = ["toc.empty_glob"]

myst_enable_extensions = ["colon_fence", "deflist", "substitution"]
myst_heading_anchors = 4

autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

# Docstring examples are run by pytest; here only the examples of the pages are.
doctest_test_doctest_blocks = ""

html_theme = "furo"
html_title = f"Tamis {release}"
html_copy_source = False
html_show_sourcelink = False
