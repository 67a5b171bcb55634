"""How many random examples a run draws; and modules compiled once for all processes of a run.

HYPOTHESIS_PROFILE is `dev` (default), `ci` or `verify`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

# An example here runs SQL, whose first run is slow: a deadline would measure the machine.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("dev", parent=_PATIENT, max_examples=20)
# The same examples on every run: a failing check must be one that anybody can see fail again.
settings.register_profile("ci", parent=_PATIENT, max_examples=20, derandomize=True, database=None)
settings.register_profile("verify", parent=_PATIENT, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

COMPILED = Path(__file__).parents[1] / ".pytest_cache" / "compiled"

if sys.dont_write_bytecode and sys.pycache_prefix is None:
    # Tests start a hundred servers and commands, and each would compile a thousand modules anew.
    # Beside the sources nothing is written, as whoever forbade it wants.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(COMPILED)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
