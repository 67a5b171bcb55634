"""Named accounts for the terminal: a table, then the names without account."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tamis.language import listed, number, translator
from tamis.reports.named.found import NamedAccount
from tamis.reports.terminal.text import harmless


def shown(accounts: Sequence[NamedAccount], language: str) -> RenderableType:
    """Named accounts as a table, then the names without account."""
    _ = translator(language)
    made = Table(title=Text(_("Named accounts")), title_justify="left", header_style="bold")
    for name, right in (
        *((_("account"), False), (_("id"), False), (_("score"), True), (_("grade"), False)),
        *((_("cell"), False), (_("leads"), True), (_("engaged"), True), (_("best lead"), False)),
        *((_("roles"), False), (_("missing"), False)),
    ):
        made.add_column(name, justify="right" if right else "left", overflow="fold")
    for account in accounts:
        if account.account_id is not None:
            made.add_row(*(Text(harmless(cell)) for cell in _cells(account, language)))
    unmatched = [harmless(account.name) for account in accounts if account.account_id is None]
    sentence = _("No account matches {names}.").format(names=listed(unmatched, language))
    return Group(*([made] if made.row_count else []), *([Text(sentence)] if unmatched else []))


def _cells(account: NamedAccount, language: str) -> tuple[str, ...]:
    _ = translator(language)
    roles = {"decides": _("decides"), "influences": _("influences"), "uses": _("uses")}
    others = f" (+{len(account.others)})" if account.others else ""
    return (
        account.name,
        f"{account.account_id}{others}",
        "—" if account.score is None else number(account.score, language),
        account.grade or "—",
        account.cell or "—",
        number(account.leads, language),
        "—" if account.engaged is None else number(account.engaged, language),
        account.best_lead_id or "—",
        ", ".join(roles[role] for role in account.roles) or "—",
        ", ".join(roles[role] for role in account.missing) or "—",
    )
