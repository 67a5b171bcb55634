"""How many random examples a run draws: HYPOTHESIS_PROFILE is `dev` (default), `ci` or `verify`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# An example here runs SQL, whose first run is slow: a deadline would measure the machine.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("dev", parent=_PATIENT, max_examples=20)
# The same examples on every run: a failing check must be one that anybody can see fail again.
settings.register_profile("ci", parent=_PATIENT, max_examples=20, derandomize=True, database=None)
settings.register_profile("verify", parent=_PATIENT, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
