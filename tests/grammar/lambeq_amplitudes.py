"""Writes lambeq_amplitudes.json: amplitudes of lambeq 0.5's ansätze on two sentences, to compare ours with.

Run where lambeq is installed (see benchmarks/sentences.py): ``python tests/grammar/lambeq_amplitudes.py``. Each parameter has
the value that its name gives it (catenary.functors.grammar.ansatz.parameter_value, seed 7; lambeq counts full turns,
Catenary half turns), so that names are compared too.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

CASES = [
    (name, qubits, layers, sentence)
    for name in ("iqp", "sim4", "sim9", "sim9cx", "sim14", "sim15", "strongly_entangling")
    for qubits, layers in (((1, 1), 1), ((1, 1), 2), ((1, 2), 1), ((2, 1), 1))
    for sentence in ("transitive", "adjective")
    if not (name == "strongly_entangling" and qubits != (2, 2))
] + [("strongly_entangling", (2, 2), 2, sentence) for sentence in ("transitive", "adjective")]
TENSORS = [
    (name, dims, order, sentence)
    for name, order in (("tensor", 0), ("mps", 3), ("spider", 2), ("spider", 3))
    for dims in ((2, 2), (2, 3))
    for sentence in ("transitive", "adjective", "ditransitive")
]


def value(name, seed=7):
    digest = hashlib.sha256(f"{seed}\0{name}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / (1 << 55)


def main():
    import lambeq
    from lambeq.backend.grammar import Cup, Diagram, Word
    from lambeq.backend.tensor import Dim

    n, s = lambeq.AtomicType.NOUN, lambeq.AtomicType.SENTENCE
    transitive = n.r @ s @ n.l
    diagrams = {
        "transitive": Diagram.create_pregroup_diagram(
            [Word("Alice", n), Word("loves", transitive), Word("Bob", n)], [(Cup, 0, 1), (Cup, 3, 4)]
        ),
        "adjective": Diagram.create_pregroup_diagram(
            [Word("happy", n @ n.l), Word("Alice", n), Word("sleeps", n.r @ s)], [(Cup, 1, 2), (Cup, 0, 3)]
        ),
        "ditransitive": Diagram.create_pregroup_diagram(
            [Word("Alice", n), Word("gives", transitive @ n.l), Word("Bob", n), Word("flowers", n)],
            [(Cup, 0, 1), (Cup, 4, 5), (Cup, 3, 6)],
        ),
    }
    circuits = {
        "iqp": lambeq.IQPAnsatz,
        "sim4": lambeq.Sim4Ansatz,
        "sim9": lambeq.Sim9Ansatz,
        "sim9cx": lambeq.Sim9CxAnsatz,
        "sim14": lambeq.Sim14Ansatz,
        "sim15": lambeq.Sim15Ansatz,
        "strongly_entangling": lambeq.StronglyEntanglingAnsatz,
    }
    rows = []
    for name, qubits, layers, sentence in CASES:
        ansatz = circuits[name]({n: qubits[0], s: qubits[1]}, n_layers=layers)
        made = ansatz(diagrams[sentence])
        symbols = sorted(made.free_symbols, key=lambda symbol: symbol.name)
        bound = made.lambdify(*symbols)(*(value(symbol.name) / 2 for symbol in symbols))
        rows.append(row(name, qubits, layers, sentence, np.asarray(bound.eval())))
    for name, dims, order, sentence in TENSORS:
        sizes = {n: Dim(dims[0]), s: Dim(dims[1])}
        ansatz = {
            "tensor": lambda sizes=sizes: lambeq.TensorAnsatz(sizes),
            "mps": lambda sizes=sizes, order=order: lambeq.MPSAnsatz(sizes, bond_dim=2, max_order=order),
            "spider": lambda sizes=sizes, order=order: lambeq.SpiderAnsatz(sizes, max_order=order),
        }[name]()
        made = ansatz(diagrams[sentence])
        symbols = sorted(made.free_symbols, key=lambda symbol: symbol.name)
        arrays = []
        for symbol in symbols:
            size = symbol.directed_dom * symbol.directed_cod
            arrays.append(np.array([value(f"{symbol.name}_{k}") for k in range(size)]))
        found = np.asarray(made.lambdify(*symbols)(*arrays).eval(dtype=np.complex128))
        rows.append(row(name, dims, order, sentence, found))
    path = Path(__file__).with_suffix(".json")
    about = {"lambeq": lambeq.__version__, "made by": Path(__file__).name, "seed": 7}
    lines = ",\n".join(json.dumps(row) for row in rows)
    path.write_text(f'{{"about": {json.dumps(about)}, "rows": [\n{lines}\n]}}\n')


def row(name, sizes, number, sentence, amplitudes):
    flat = amplitudes.reshape(-1).astype(complex)
    return {
        "ansatz": name,
        "sizes": list(sizes),
        "number": number,
        "sentence": sentence,
        "amplitudes": [[float(f"{z.real:.12g}"), float(f"{z.imag:.12g}")] for z in flat],
    }


if __name__ == "__main__":
    main()
