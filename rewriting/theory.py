"""Theories: a signature with named rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from catenary.diagrams import (
    Doctrine,
    Equation,
    RewriteError,
    Signature,
    SignatureError,
    UnknownGenerator,
    structural,
)
from catenary.diagrams.errors import expect, expect_iterable
from catenary.diagrams.text import EquationFamily
from catenary.rewriting.families import RuleFamily
from catenary.rewriting.rule import Rule, require_rewriting

AnyRule: TypeAlias = Rule | RuleFamily | Equation | EquationFamily
_RULES = (Rule, RuleFamily, Equation, EquationFamily)


class TheoryDocument(Protocol):
    """What :meth:`Theory.from_document` reads: a parsed theory file."""

    @property
    def name(self) -> str: ...
    @property
    def signature(self) -> Signature: ...
    @property
    def axioms(self) -> tuple[Equation, ...]: ...
    @property
    def families(self) -> tuple[EquationFamily, ...]: ...


@dataclass(frozen=True)
class Theory:
    """A monoidal theory: generators (the signature) and equations or directed rules between their diagrams.

    Args:
        name: what it is called.
        signature: the generators.
        rules: rules and equations; and families of them for all numbers of legs, which ``families`` holds.

    Raises:
        SignatureError: if two different rules have one name.
        DoctrineError: if the doctrine has no double-pushout rewriting.

    >>> from catenary.diagrams import Box, Diagram, Ty
    >>> a = Ty("a")
    >>> f = Box("f", a, a)
    >>> theory = Theory("involution", f.signature, [Rule("twice", f >> f, Diagram.id(a))])
    >>> theory["twice"].directed, len(theory)
    (False, 1)
    """

    name: str
    signature: Signature
    rules: tuple[Rule, ...] = ()
    families: tuple[RuleFamily, ...] = ()

    def __init__(self, name: str, signature: Signature, rules: Iterable[AnyRule] = ()):
        expect(signature, Signature, f"the signature of theory {name}", "a Signature")
        require_rewriting(signature)
        signature = structural(Doctrine.SYMMETRIC).join(signature)
        table: dict[str, Rule | RuleFamily] = {}
        for item in expect_iterable(rules, f"rules of theory {name}", "a list of rules or equations"):
            expect(item, _RULES, f"a rule of theory {name}", "a Rule, an Equation or a family of them")
            made = Rule.of(item) if isinstance(item, Equation) else item
            rule = (RuleFamily(made) if isinstance(made, EquationFamily) else made).over(signature)
            known = table.get(rule.name)
            if known is None:
                table[rule.name] = rule
            elif known != rule:
                raise SignatureError(f"theory {name} has two different rules called {rule.name!r}")
        rules = tuple([rule for rule in table.values() if isinstance(rule, Rule)])
        families = tuple([rule for rule in table.values() if isinstance(rule, RuleFamily)])
        for key, value in (
            ("name", name),
            ("signature", signature),
            ("rules", rules),
            ("families", families),
        ):
            object.__setattr__(self, key, value)

    @classmethod
    def from_document(cls, document: TheoryDocument) -> Theory:
        """The theory of a parsed file: its signature and its axioms. Claims are not part of it."""
        return cls(document.name, document.signature, [*document.axioms, *document.families])

    def extend(self, name: str, rules: Iterable[AnyRule] = (), signature: Signature | None = None) -> Theory:
        """This theory with more rules, over a larger signature if one is given."""
        return Theory(name, signature or self.signature, [*self.rules, *self.families, *rules])

    def union(self, other: Theory, name: str | None = None) -> Theory:
        """Both theories at once; objects, generators and rules of one name are shared.

        Raises:
            SignatureError: if the same name means something else in the other.
        """
        from catenary.rewriting.constructions import merged

        name = name or f"{self.name} + {other.name}"
        one, two = self.signature, other.signature
        signature = one.join(two) if one.includes(two) or two.includes(one) else merged(one, two, name)
        return Theory(name, signature, [*self.rules, *self.families, *other.rules, *other.families])

    def rename(
        self,
        name: str,
        *,
        objects: Mapping[str, str] | None = None,
        boxes: Mapping[str, str] | None = None,
        rules: Mapping[str, str] | Callable[[str], str] | None = None,
    ) -> Theory:
        """The theory with other names for some of its objects, generators and rules.

        >>> from catenary.rewriting.library import monoid
        >>> plus = monoid().rename("addition", boxes={"m": "+", "u": "0"}, rules=lambda rule: f"+ {rule}")
        >>> print(plus["+ unit_left"])
        + unit_left: 0 @ a >> + = id(a)
        """
        from catenary.rewriting.constructions import renamed

        return renamed(self, name, objects, boxes, rules)

    def opposite(self, name: str | None = None) -> Theory:
        """The theory upside down (:func:`~catenary.rewriting.constructions.opposite`).

        >>> from catenary.rewriting.library import monoid
        >>> print(monoid().opposite()["assoc"])
        assoc: m >> m @ a = m >> a @ m
        """
        from catenary.rewriting.constructions import opposite

        return opposite(self, name)

    def product(self, other: Theory, name: str | None = None) -> Theory:
        """Both theories side by side, on objects of their own."""
        from catenary.rewriting.constructions import product

        return product(self, other, name)

    def tensor(self, other: Theory, name: str | None = None) -> Theory:
        """Both theories on one object, commuting (:func:`~catenary.rewriting.constructions.tensor`).

        >>> from catenary.rewriting.library import comonoid, monoid
        >>> print(monoid().tensor(comonoid())["m and c commute"])
        m and c commute: m >> c = c @ a >> c
        """
        from catenary.rewriting.constructions import tensor

        return tensor(self, other, name)

    def __getitem__(self, name: str) -> Rule:
        for rule in self.rules:
            if rule.name == name:
                return rule
        if self.family(name) is not None:
            raise RewriteError(
                f"{name} is a rule for all numbers of legs: theory.family({name!r}), or theory.instance for one of its members"
            )
        raise UnknownGenerator(name, [rule.name for rule in self.rules], f"theory {self.name} (rules)")

    def family(self, name: str) -> RuleFamily | None:
        """The rule for all numbers of legs of this name, if there is one."""
        return next((family for family in self.families if family.name == name), None)

    def instance(self, name: str, values: Mapping[str, Any] = {}) -> Rule:
        """The rule that a step of a proof uses: a rule, or a member of a family, for values.

        Raises:
            UnknownGenerator: if there is no rule of this name.
            RewriteError: for values that it does not take.
        """
        family = self.family(name)
        return self[name].at(values) if family is None else family.at(values)

    def require_fixed_arity(self, what: str) -> None:
        """Refuse what is done for rules of fixed arity only.

        Raises:
            RewriteError: if there are families, with their names.
        """
        if self.families:
            names = ", ".join(family.name for family in self.families)
            raise RewriteError(
                f"{what}: rules for all numbers of legs are not taken ({names}); give a theory of members of them, as "
                f"in Theory(name, signature, [*theory.rules, family.member({{'n': 2}})])"
            )

    def __contains__(self, name: object) -> bool:
        return name in [rule.name for rule in self.rules] + [family.name for family in self.families]

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)
