"""The dimension `learned` in the text of a model file: put in, replaced, taken out.

Everything around it stays: comments, blank lines, order. The score is not touched: whether what was
learned counts in it is its owner's choice.
"""

from __future__ import annotations

from collections.abc import Callable

from ruamel.yaml.nodes import MappingNode

from tamis.errors import UserError
from tamis.model.checks import checked_model
from tamis.model.editing.splice import replaced
from tamis.model.editing.tree import child, end_of, root_of
from tamis.model.spec import Dimension
from tamis.predict.learned import Learned
from tamis.predict.said.dimension import dimension_of
from tamis.predict.said.parts import LEARNED
from tamis.predict.said.written import dimension_flow, dimension_lines


def put_into(text: str, learned: Learned, *, file: str = "model.yaml") -> str:
    """The text of a model file with the learned model as its dimension `learned`.

    One that is there is replaced. Raises: UserError where the learned model abstains, the scoring
    model lacks a field (all are named) or no rule can say a column; ModelError (one too) for a text
    that is no model without errors.
    """
    forbid_abstaining(learned)
    dimension = dimension_of(learned, checked_model(text, file))
    again = _on_lines(text, lambda lines: with_dimension(lines, dimension))
    checked_model(again, file)
    return again


def _on_lines(text: str, change: Callable[[str], str]) -> str:
    """A changed text; where every line ends as Windows has it, so do those of the change."""
    if text.count("\r\n") < text.count("\n"):
        return change(text)
    return change(text.replace("\r\n", "\n")).replace("\n", "\r\n")


def forbid_abstaining(learned: Learned) -> None:
    """Raises: UserError for a learned model that says the same of everybody."""
    if not (learned.usable and (learned.parts or learned.pairs)):
        message = f"`{learned.name}` found no usable signal: it says the base rate of every lead"
        raise UserError(message, hint="there is nothing to put into a scoring model")


def with_dimension(text: str, dimension: Dimension) -> str:
    """The text with a dimension added behind the others, or in the place of the one it has."""
    node = child(root_of(text), "dimensions")
    if not isinstance(node, MappingNode) or not node.value:
        raise UserError("the model has no dimensions", hint="write them under `dimensions:`")
    for key, value in node.value:
        if key.value == dimension.name:
            start, end = key.start_mark.index, end_of(value)
            return text[:start] + _written(dimension, node) + text[end:]
    last = end_of(node.value[-1][1])
    if node.flow_style:
        return f"{text[:last]}, {_written(dimension, node)}{text[last:]}"
    line = text.find("\n", last - 1 if text[last - 1 : last] == "\n" else last)
    end = len(text) if line < 0 else line
    column = " " * node.value[0][0].start_mark.column
    return f"{text[:end]}\n{column}{_written(dimension, node)}{text[end:]}"


def _written(dimension: Dimension, parent: MappingNode) -> str:
    if parent.flow_style:
        return dimension_flow(dimension)
    column = " " * parent.value[0][0].start_mark.column
    return f"\n{column}".join(dimension_lines(dimension))


def without(text: str) -> str:
    """The text of a model file without its dimension `learned`; the same where there is none.

    What looks at it (a weight of the score, a condition) is left for its owner.
    """
    if child(child(root_of(text), "dimensions"), LEARNED) is None:
        return text
    return _on_lines(text, lambda lines: replaced(lines, ("dimensions", LEARNED), ""))
