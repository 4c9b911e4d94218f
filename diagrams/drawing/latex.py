"""Text for LaTeX: markup escaped, symbols as commands that any LaTeX with inputenc knows."""

from __future__ import annotations

import unicodedata

_MARKUP = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': "''",
    "`": r"\textasciigrave{}",
    # alone in a group, so that they make no ligatures
    "-": "{-}",
    "'": "{'}",
    ",": "{,}",
    "?": "{?}",
    "!": "{!}",
}
_NAMES = """
α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho
σ sigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon
Φ Phi Ψ Psi Ω Omega † dagger ‡ ddagger √ surd ∞ infty ⊗ otimes ⊕ oplus ⊙ odot ∘ circ × times · cdot → rightarrow
← leftarrow ↔ leftrightarrow ⇒ Rightarrow ⇔ Leftrightarrow ↦ mapsto ∇ nabla ∂ partial ∑ sum ∏ prod ∫ int ± pm ∓ mp
≤ leq ≥ geq ≠ neq ≈ approx ≡ equiv ∈ in ∉ notin ⊂ subset ⊆ subseteq ∪ cup ∩ cap ∅ emptyset ∀ forall ∃ exists ¬ neg
∧ wedge ∨ vee ⟨ langle ⟩ rangle ℓ ell ℏ hbar ★ star ⊤ top ⊥ bot ⏚ bot
"""
_COMMANDS = _NAMES.split()
_MATHS = dict(zip(_COMMANDS[::2], _COMMANDS[1::2], strict=True))
_PLAIN = {"−": "-", "′": "{}'", "⊸": r"{-}\circ"}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱˡʳ", "0123456789+-nilr", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True))
_TEXT = {"…": r"\ldots{}", "–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'"}
_TEXT |= {"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}"}
_TEXT |= {"œ": r"\oe{}", "Œ": r"\OE{}", "å": r"\aa{}", "Å": r"\AA{}", "ı": r"\i{}"}
_ACCENTS = {
    "\u0300": r"\`",
    "\u0301": r"\'",
    "\u0302": r"\^",
    "\u0303": r"\~",
    "\u0304": r"\=",
    "\u0306": r"\u",
    "\u0307": r"\.",
    "\u0308": r"\"",
    "\u030b": r"\H",
    "\u030c": r"\v",
    "\u0327": r"\c",
}


def escape(text: str) -> str:
    """Text as LaTeX that sets it, in pdfLaTeX, XeLaTeX and LuaLaTeX.

    Characters that pdfLaTeX has no font for are written as they are for the other two, and by their number there.

    >>> print(escape("50% of f_1 & π"))
    50\\% of f\\_1 \\& \\ensuremath{\\pi}
    """
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _character(c: str) -> str:
    for table in (_MARKUP, _TEXT):
        if c in table:
            return table[c]
    if " " <= c <= "~":
        return c
    if c in _RAISED:
        return rf"\ensuremath{{{{}}^{{{_RAISED[c]}}}}}"
    if c in _LOWERED:
        return rf"\ensuremath{{{{}}_{{{_LOWERED[c]}}}}}"
    if c in _MATHS:
        return rf"\ensuremath{{\{_MATHS[c]}}}"
    if c in _PLAIN:
        return rf"\ensuremath{{{_PLAIN[c]}}}"
    parts = unicodedata.normalize("NFD", c)
    if len(parts) == 2 and parts[1] in _ACCENTS and parts[0].isascii() and parts[0].isalpha():
        return f"{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    number = f"{ord(c):04X}"
    if not c.isprintable() or unicodedata.combining(c):
        return r"\ensuremath{\cdot}"
    return rf"\ifdefined\Umathchar {c}\else\resizebox{{.95em}}{{!}}{{\ttfamily {number}}}\fi{{}}"
