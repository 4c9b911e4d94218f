"""Proofs in other tools' formats: Chyp, which replays them, and TikZ."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catenary.diagrams import Equation, SignatureError
from catenary.diagrams.bridges import chyp
from catenary.diagrams.text import Document
from catenary.rewriting.proof import Proof


def to_chyp(proof: Proof, name: str = "theorem") -> str:
    """A proof as a Chyp file: the generators, the rules, and the proof as a ``rewrite`` that Chyp checks.

    Chyp's names have letters, digits, underscores and dots; other characters of rule names become underscores.

    Raises:
        SignatureError: for what Chyp has not: other doctrines than the symmetric one, several objects, generators or
            rules with parameters, a signature that does not list its generators.

    >>> from catenary.rewriting import calc
    >>> from catenary.rewriting.library import monoid
    >>> theory = monoid()
    >>> m, u = theory.signature["m"], theory.signature["u"]
    >>> proof = calc(theory).start(u @ u >> m).step(u, by="unit_left").proof()
    >>> print(to_chyp(proof, "unit"))
    gen m : 2 -> 1
    gen u : 0 -> 1
    rule assoc : m * id ; m = id * m ; m
    rule unit_left : u * id ; m = id
    rule unit_right : id * u ; m = id
    rewrite unit : u ; id * u ; m
      = u by unit_left
    <BLANKLINE>
    """
    proof.theory.require_fixed_arity("a Chyp theory")
    theory = proof.theory
    schemes = [rule.name for rule in theory.rules if rule.variables]
    if schemes:
        raise SignatureError(f"Chyp has no rules with variables: {', '.join(schemes)}")
    names = _names([rule.name for rule in theory.rules] + [name])
    axioms = tuple(Equation(names[r.name], r.left, r.right, r.directed) for r in theory.rules)
    head = chyp.write_text(Document(theory.signature.name, theory.signature, axioms))
    sign = "<=" if any(theory[step.rule].directed for step in proof.steps) else "="
    lines = [f"rewrite {names[name]} : {chyp.term_text(proof.start)}"]
    for _, step, result in proof.rewrites():
        reason = ("" if step.forward else "-") + names[step.rule]
        lines.append(f"  {sign} {chyp.term_text(result.graph.to_diagram())} by {reason}")
    if not proof.steps:
        lines.append(f"  = {chyp.term_text(proof.end)}")
    return head + "\n".join(lines) + "\n"


def _names(given: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken: set[str] = set(chyp.RESERVED)
    for name in given:
        plain = re.sub(r"[^A-Za-z0-9_.]", "_", name)
        plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
        while plain in taken:
            plain += "_"
        taken.add(plain)
        found[name] = plain
    return found


def to_latex(proof: Proof, *, scale: float = 0.6) -> str:
    """A proof as a LaTeX document: a row of TikZ pictures for every step, redex and result marked, the rule over the sign.

    Args:
        scale: centimetres between neighbouring wires.

    >>> from catenary.diagrams import Box, Ty
    >>> from catenary.rewriting import Rule, Theory, prove
    >>> f = Box("f", Ty("a"), Ty("a"))
    >>> theory = Theory("idempotent", f.signature, [Rule("twice", f >> f, f)])
    >>> text = to_latex(prove(Equation("claim", f >> f >> f, f.diagram), theory).proof)
    >>> text.count("begin{tikzpicture}"), text.splitlines()[-1]
    (4, '\\\\end{document}')
    """
    from catenary.diagrams.drawing import to_tikz

    def picture(text: str) -> str:
        return f"\\vcenter{{\\hbox{{{text.rstrip()}}}}}"

    pictures = list(proof.diagrams())
    rows = []
    if not proof.steps:
        rows.append(f"\\[{picture(to_tikz(proof.start, scale=scale))}\\]")
    for number, step in enumerate(proof.steps):
        (_, before, redex), (_, after, made) = pictures[2 * number : 2 * number + 2]
        one, other = (
            picture(to_tikz(diagram, highlight=marked, scale=scale))
            for diagram, marked in ((before, redex), (after, made))
        )
        rows.append(
            f"\\[{one}\\;\\stackrel{{\\text{{{_latex(str(step))}}}}}{{=}}\\;{other}\\tag{{{number + 1}}}\\]"
        )
    return (
        "\\documentclass[10pt]{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n"
        "\\usepackage{amsmath,tikz}\n\\begin{document}\n" + "\n".join(rows) + "\n\\end{document}"
    )


_ESCAPES = str.maketrans({c: f"\\{c}" for c in "&%$#_{}"} | {"~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
                          "\\": "\\textbackslash{}"})  # fmt: skip


def _latex(text: str) -> str:
    return text.translate(_ESCAPES)
