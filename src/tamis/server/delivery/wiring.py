"""Delivery joined to a server: its targets, from the settings and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tamis.server.clock import Clock
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.configuration import Targets, load_targets
from tamis.server.delivery.credentials import Credentials
from tamis.server.delivery.registry import Surroundings
from tamis.server.settings import Settings


def targets_of(settings: Settings, clock: Clock, environment: Mapping[str, str]) -> Targets:
    """The targets that the settings name; none without a file.

    Raises:
        SourceError: with every problem of the file.
        UsageError: for an allowed network that is none.
    """
    guard = Guard(settings.private_targets)
    if not settings.targets:
        return Targets()
    around = Surroundings(clock, HttpClient(guard), Credentials(environment))
    return load_targets(Path(settings.targets), around)
