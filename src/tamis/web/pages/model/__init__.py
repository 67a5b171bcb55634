"""The model: what is in use, its versions, trying out and editing, what sellers think."""

from __future__ import annotations

from tamis.web.pages.model import edit, save, steps, survey, versions, view

HANDLERS = (
    *view.HANDLERS,
    *versions.HANDLERS,
    *steps.HANDLERS,
    *edit.HANDLERS,
    *save.HANDLERS,
    *survey.HANDLERS,
)
