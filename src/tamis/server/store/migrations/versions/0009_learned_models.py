"""Learned models, declared changes of market, what the watch noticed, and when to learn anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

CODE_POINTS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, CODE_POINTS, nullable=null, server_default=default)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    """Add what is in the first line."""
    _models()
    _market()
    _watch()


def _models() -> None:
    op.create_table(
        "learned_models",
        sa.Column("learned_key", KEY, nullable=False),
        *(_text("model"), _number("number"), _text("origin"), _text("learned"), _text("report")),
        *(_text("baseline"), _text("fingerprint"), _text("reason", default="")),
        *(_number("task", null=True), _number("version_key", null=True)),
        *(_number("made_at"), _text("made_by")),
        sa.PrimaryKeyConstraint("learned_key", name=op.f("pk_learned_models")),
        sa.UniqueConstraint("model", "number", name=op.f("uq_learned_models_model_number")),
    )
    op.create_table(
        "learned_disagreements",
        sa.Column("disagreement", KEY, nullable=False),
        *(_text("model"), _number("number"), _number("lead"), _text("kind")),
        *(_number("rules", null=True), _number("learned")),
        sa.PrimaryKeyConstraint("disagreement", name=op.f("pk_learned_disagreements")),
    )
    op.create_index("ix_learned_disagreements_model", "learned_disagreements", ["model", "number"])
    op.create_index("ix_learned_disagreements_lead", "learned_disagreements", ["lead"])


def _market() -> None:
    op.create_table(
        "market_changes",
        sa.Column("market_change", KEY, nullable=False),
        *(_text("model"), _number("day"), _text("about"), _number("made_at"), _text("made_by")),
        *(_number("withdrawn_at", null=True), _text("withdrawn_by", null=True)),
        sa.PrimaryKeyConstraint("market_change", name=op.f("pk_market_changes")),
    )
    op.create_index("ix_market_changes_model", "market_changes", ["model"])
    op.create_table(
        "learning_alarms",
        sa.Column("alarm", KEY, nullable=False),
        *(_text("model"), _text("kind"), _text("field"), _text("part")),
        _number("since_day", null=True),
        *(_text("details"), _number("raised_at"), _number("settled_at", null=True)),
        *(_text("settled_by", null=True), _text("comment", default="")),
        sa.PrimaryKeyConstraint("alarm", name=op.f("pk_learning_alarms")),
    )
    is_open = sa.text("settled_at IS NULL")
    op.create_index(
        "ix_learning_alarms_open",
        "learning_alarms",
        ["model", "kind", "field", "part"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _watch() -> None:
    op.create_table(
        "learning_watch",
        *(_text("model"), _number("learned_key"), _text("state"), _number("day")),
        _number("recalibrated_day", null=True),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_learning_watch")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "learning_policies",
        *(_text("model"), _number("every_days", null=True), _number("new_conversions", null=True)),
        sa.Column("on_alarm", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("recalibrate", sa.Boolean(), nullable=False, server_default="1"),
        *(_number("horizon"), _text("allowed")),
        sa.Column("drop_suspects", sa.Boolean(), nullable=False, server_default="0"),
        *(_number("made_at"), _text("made_by")),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_learning_policies")),
        sqlite_with_rowid=False,
    )
