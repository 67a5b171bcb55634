"""Cases that a revenue-operations person can read and write, run on the oracle and on every engine.

A file holds a model and cases: facts in, the numbers expected out.

    about: A visit counts less as it ages
    model: {...}              # shared by the cases below; a case may bring its own
    as_of: 2026-11-21
    cases:
      - it: gives half the points after one half-life
        leads: [{lead_id: ann}]
        events: [{lead_id: ann, event: page_view, timestamp: 2026-10-22}]
        expect:
          scores: [{lead_id: ann, engagement: 5.00}]

Facts are `leads`, `accounts`, `events` and `adjustments`, which are manual points.

Only the columns that are written are compared. `expect` may hold:

* `scores`, `accounts`: rows found by `lead_id` or `account_id`;
* `contributions`: rows found by `lead_id`, `rule` and, if written, `dimension`; `points: 0` means
  that there is no such row;
* `gave_points: {ann: [pricing, demo]}`: exactly these rules gave the lead points;
* `left_out: [bob]`: leads with no row; `columns: [...]`: the columns of scores, in order;
* `unknown_leads`, `unreadable`: how many events the run's report counts;
* `refused: true`: the run stops with an error.

Dates and times are written as in the model: `2026-11-21` is that day in the model's zone,
`2026-11-21T23:30:00` is UTC, `2026-11-21T23:30:00+02:00` says its offset.
"""

from __future__ import annotations

from tests.cases.loading import Case, all_cases, differences

__all__ = ["Case", "all_cases", "differences"]
