"""The pages, each a module: what it shows, and what can be done there."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.types import ControllerRouterHandler

from tamis.web.pages import (
    data_quality,
    false_positives,
    grid,
    lead,
    leads,
    learned,
    model,
    my_leads,
    pipeline,
    report,
    set_up,
    sign_in,
)

HANDLERS: Sequence[ControllerRouterHandler] = (
    *sign_in.HANDLERS,
    *my_leads.HANDLERS,
    *lead.HANDLERS,
    *leads.HANDLERS,
    *grid.HANDLERS,
    *pipeline.HANDLERS,
    *report.HANDLERS,
    *false_positives.HANDLERS,
    *data_quality.HANDLERS,
    *model.HANDLERS,
    *learned.HANDLERS,
    *set_up.HANDLERS,
)
