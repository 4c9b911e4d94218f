"""Numbers of legs and copies in theory files, and how much their expressions may be written out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from catenary.diagrams.diagram import Diagram
from catenary.diagrams.sums import Sum
from catenary.diagrams.text.families import share_of
from catenary.diagrams.text.parameters import spine, unquoted
from catenary.diagrams.types import Ty

if TYPE_CHECKING:
    from catenary.diagrams.text.parser import Source

MAX_LEGS = 10_000
MAX_EXPANDED = 1_000_000
Repeatable: TypeAlias = Ty | Diagram | Sum


class Amounts:
    """The part of a reader that counts."""

    def __init__(self, source: Source):
        self.source = source
        self.expanded = 0
        self.arities: Mapping[str, int] = {}  # what names of numbers of legs stand for

    def repeated(self, value: Repeatable, copies: Any, at: Any) -> Repeatable:
        """So many of it, side by side."""
        count = self.amount(copies)
        if isinstance(value, Ty):
            self.expand(count * len(value), at)
            return value**count
        if isinstance(value, Sum):
            self.source.fail("a sum is not repeated: write the product out", at)
        self.expand(count * (len(value) + len(value.dom) + len(value.cod)), at)
        whole = Diagram.id(Ty(), value.signature)
        for _ in range(count):
            whole = whole @ value
        return whole

    def amount(self, tree: Any) -> int:
        """A number of legs or copies: numbers, names of numbers, and sums of these."""
        first, rest = spine(tree, "shares")
        total = sum(map(self.share, [first, *(share for _, share in rest)]))
        if total > MAX_LEGS:
            self.source.fail(
                f"a whole number of legs or wires is wanted, at most {MAX_LEGS}, not {total}", tree
            )
        return total

    def share(self, tree: Any) -> int:
        """One summand."""
        number, name = share_of(tree)
        times = 1 if number is None else self.legs(number)
        if name is None:
            return times
        text = unquoted(name, self.source)
        if text not in self.arities:
            problem = (
                f"no number of legs {text!r}{close(text, self.arities)}; those of a rule stand after its name"
            )
            self.source.fail(f"{problem}, as in  axiom fuse[m, n]: …", name)
        return times * self.arities[text]

    def expand(self, size: int, at: Any) -> None:
        """Names of diagrams that use each other double them at every line."""
        self.expanded += size
        if self.expanded > MAX_EXPANDED:
            self.source.fail(
                f"more than {MAX_EXPANDED:,} boxes and wires, the names of diagrams written out", at
            )

    def legs(self, token: Any) -> int:
        text = str(token)
        if not text.isdigit() or len(text) > 9 or int(text) > MAX_LEGS:
            self.source.fail(
                f"a whole number of legs or wires is wanted, at most {MAX_LEGS}, not {text[:20]}", token
            )
        return int(text)


def close(name: str, known: Iterable[str]) -> str:
    """A question after names that look like an unknown one."""
    close = difflib.get_close_matches(name, list(known), 3)
    return f"; did you mean {' or '.join(close)}?" if close else ""
