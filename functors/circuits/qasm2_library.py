"""Names and definitions that OpenQASM 2 files may rely on."""

from __future__ import annotations

_KEYWORDS = ("OPENQASM", "include", "qreg", "creg", "gate", "opaque", "barrier", "measure", "reset", "if")
RESERVED = frozenset((*_KEYWORDS, "U", "CX", "pi", "sin", "cos", "tan", "exp", "ln", "sqrt"))

_ONE_QUBIT = ("u3", "u2", "u1", "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz")
ORIGINAL = frozenset((*_ONE_QUBIT, "cx", "cz", "cy", "ch", "ccx", "crz", "cu1", "cu3"))
"""The gates of qelib1.inc as published with the language; those of later versions may be defined anew."""

DEFINITIONS = {
    "iswap": "gate iswap a,b { s a; s b; h a; cx a,b; cx b,a; h b; }",
    "ccz": "gate ccz a,b,c { h c; ccx a,b,c; h c; }",
    "ryy": "gate ryy(theta) a,b { rx(pi/2) a; rx(pi/2) b; cx a,b; rz(theta) b; cx a,b; "
    "rx(-pi/2) a; rx(-pi/2) b; }",
    "rzx": "gate rzx(theta) a,b { h b; cx a,b; rz(theta) b; cx a,b; h b; }",
}
"""Gates that no qelib1.inc has: a file that uses them carries their definition, recognised on reading."""

# Gates of later versions of qelib1.inc that have no name of their own here.
LIBRARY = """
gate c3sqrtx a,b,c,d
{
  h d; cp(pi/8) c,d; h d;
  cx b,c; h d; cp(-pi/8) c,d; h d;
  cx a,c; h d; cp(pi/8) c,d; h d;
  cx b,c; h d; cp(-pi/8) c,d; h d;
  cx a,c;
  h d; cp(pi/8) b,d; h d;
  cx a,b; h d; cp(-pi/8) b,d; h d;
  cx a,b;
  h d; cp(pi/8) a,d; h d;
}
gate rc3x a,b,c,d
{
  h d; t d; cx c,d; tdg d; h d;
  cx a,d; t d; cx b,d; tdg d; cx a,d; t d; cx b,d; tdg d;
  h d; t d; cx c,d; tdg d; h d;
}
"""
