"""Shares by a cooperative game or a cost curve: the weights by which the real pool is split."""

from __future__ import annotations

from collections.abc import Mapping

from chargeback.context import Context
from chargeback.period import Span
from chargeback.problem import Problem
from chargeback.result import KeyTable
from chargeback.rules import Rule, Version

Presence = Mapping[str, tuple[Span, ...]]


def method_table(
    rule: Rule, version: Version, span: Span, amount: int, presence: Presence, ctx: Context
) -> tuple[list[KeyTable], list[Problem]]:
    """The weights of the members under ``version.method``, as a key of its own."""
    message = f'method {version.method} of {rule.id} is not available: use method = "keys"'
    return [], [Problem(rule.where(f"version.{rule.versions.index(version)}.method"), message, "unknown-method")]
