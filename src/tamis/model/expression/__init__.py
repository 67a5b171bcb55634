"""Expressions: SQL conditions of users, admitted node by node and rebuilt as typed trees."""

from __future__ import annotations

from tamis.model.expression.compile import Compiler
from tamis.model.expression.names import Names, Typed
from tamis.model.expression.parse import ExpressionError, parse

__all__ = ["Compiler", "ExpressionError", "Names", "Typed", "parse"]
