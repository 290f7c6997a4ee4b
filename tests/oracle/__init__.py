"""A second opinion: the month computed from the contract's text alone, in plain fractions, slowly and obviously.

It shares no code with the program. It reads CSV and TOML with the standard library, assumes that the workspace
holds no mistake, and answers two questions: what each member is charged under each rule, in cents, and what
quantity those charges show.
"""

from __future__ import annotations

from oracle.month import bill, charges, quantities

__all__ = ["bill", "charges", "quantities"]
