"""What the past would change in the user's own rules: other points, and rules that are missing.

    points of rules, outcomes -> units -> fit -> suggestions -> a draft of the model
    columns that no rule reads, today's score, outcomes -> cuts -> tested -> proposals -> a draft

Nothing is changed here: a suggestion becomes a text, which goes through what-if and approval.
"""

from __future__ import annotations
