"""Editing a model's YAML in place: fields of a form and the text that they stand for, in step."""

from __future__ import annotations
