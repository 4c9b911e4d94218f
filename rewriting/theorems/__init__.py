"""Statements to prove, and statements that must not be provable: theory files with an index.

``statements.json`` names for each statement its block, its theory file, its claim in that file, and the lemmas that
may be used: earlier claims of the block. A statement is a *theorem*; *never* provable (false in the mathematics that the
axioms are about); or *underivable*: true there, but a model of the axioms as they stand refutes it.
"""

from catenary.rewriting.theorems.outcome import Outcome, decide
from catenary.rewriting.theorems.statement import Statement, load, statements

__all__ = ["Outcome", "Statement", "decide", "load", "statements"]
