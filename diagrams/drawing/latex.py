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
    '"': r"\textquotedbl{}",
    "-": "{-}",  # no ligatures
    "`": r"\textasciigrave{}",
    "'": "{'}",
    ",": "{,}",
    "?": "{?}",
    "!": "{!}",
}
_MARKUP['"'] = "''"
_MATHS = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon "
        "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split(),
        strict=True,
    )
) | dict(
    zip(
        "†‡√∞⊗⊕⊙∘×·→←↔⇒⇔↦∇∂∑∏∫±∓≤≥≠≈≡∈∉⊂⊆∪∩∅∀∃¬∧∨⟨⟩ℓℏ★⊤⊥⊸",
        "dagger ddagger surd infty otimes oplus odot circ times cdot rightarrow leftarrow leftrightarrow Rightarrow "
        "Leftrightarrow mapsto nabla partial sum prod int pm mp leq geq neq approx equiv in notin subset subseteq cup "
        "cap emptyset forall exists neg wedge vee langle rangle ell hbar star top bot multimap".split(),
        strict=True,
    )
)
del _MATHS["⊸"]  # needs a package
_PLAIN = {"−": "-", "′": "{}'", "⊸": r"{-}\circ", "⏚": r"\bot"}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱˡʳ", "0123456789+-nilr", strict=True)) | {"′": r"\prime"}
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-", strict=True))
_TEXT = {"…": r"\ldots{}", "–": "--", "—": "---", "“": "``", "”": "''", "‘": "`", "’": "'", "°": r"\textdegree{}"}
_ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030b\u030c\u0327\u0328",
        r"\` \' \^ \~ \= \u \. \" \H \v \c \k".split(),
        strict=True,
    )
)
_LETTERS = {"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}"}
_LETTERS |= {"œ": r"\oe{}", "Œ": r"\OE{}", "å": r"\aa{}", "Å": r"\AA{}", "ı": r"\i{}"}


def escape(text: str) -> str:
    """Text as LaTeX that sets it, in pdfLaTeX, XeLaTeX and LuaLaTeX.

    Characters that pdfLaTeX has no font for are written as they are for the other two, and by their number there.

    >>> print(escape("50% of f_1 & π"))
    50\\% of f\\_1 \\& \\ensuremath{\\pi}
    """
    return "".join(map(_character, unicodedata.normalize("NFC", text)))


def _character(c: str) -> str:
    for table in (_MARKUP, _TEXT, _LETTERS):
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
