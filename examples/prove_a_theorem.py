"""Declare a monoidal theory in Python, find a theorem by saturation, and look at its proof."""

from catenary import Box, Diagram, Doctrine, EGraph, Rule, Signature, Swap, Theory, Ty

A = Ty("A")
hopf = Signature(
    "hopf",
    Doctrine.SYMMETRIC,
    ["A"],
    [Box("m", A @ A, A), Box("u", Ty(), A), Box("n", A, A @ A), Box("c", A, Ty()), Box("s", A, A)],
)
m, u, n, c, s = (hopf[name] for name in "muncs")
wire = Diagram.id(A, hopf)
theory = Theory(
    "Hopf algebra",
    hopf,
    [
        Rule("left unit", u @ A >> m, wire),
        Rule("right unit", A @ u >> m, wire),
        Rule("bialgebra", m >> n, n @ n >> A @ Swap(A, A) @ A >> m @ m),
        Rule("unit is copied", u >> n, u @ u),
        Rule("unit is deleted", u >> c, Diagram.id(Ty(), hopf)),
        Rule("antipode", n >> s @ A >> m, c >> u),
    ],
)

net = EGraph(theory)
net.add(u >> s)
print(net.saturate())
proof = net.explain(u >> s, u.diagram)
assert proof is not None
for label, diagram, _ in proof.diagrams():
    print(f"{label:20} {diagram}")
