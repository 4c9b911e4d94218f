"""Optimised forms of one circuit by several tools: ``python -m benchmarks._forms TOOL < in.qasm > out.qasm``.

A process of its own for each, so that a tool that does not come back can be stopped.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

BASIS = ["x", "y", "z", "h", "s", "sdg", "t", "tdg", "rz", "cx", "cz", "swap"]


def _catenary(cost: str) -> Callable[[str], str]:
    def work(text: str) -> str:
        from catenary.functors.circuits import qasm2
        from catenary.rewriting.circuits import optimize

        result = optimize(qasm2.parse(text), cost=cost, budget=5.0, allow_unverified=True)  # type: ignore[arg-type]
        return qasm2.dumps(result.circuit)

    return work


def _pyzx(how: str) -> Callable[[str], str]:
    def work(text: str) -> str:
        import pyzx

        if how == "TODD":
            circuit = pyzx.Circuit.from_qasm(text).to_basic_gates()
            return str(pyzx.optimize.phase_block_optimize(circuit, quiet=True).to_basic_gates().to_qasm())
        graph = pyzx.Circuit.from_qasm(text).to_graph()
        if how == "teleport":
            better = pyzx.Circuit.from_graph(pyzx.teleport_reduce(graph))
            return str(pyzx.basic_optimization(better.to_basic_gates()).to_basic_gates().to_qasm())
        pyzx.full_reduce(graph)
        return str(pyzx.extract_circuit(graph).to_basic_gates().to_qasm())

    return work


def _tket(text: str) -> str:
    from pytket.passes import FullPeepholeOptimise, GreedyPauliSimp
    from pytket.qasm import circuit_from_qasm_str

    from catenary.functors.bridges.pytket import from_pytket
    from catenary.functors.circuits import qasm2, to_basic
    from catenary.rewriting.circuits.witness import straight

    circuit = circuit_from_qasm_str(text)
    GreedyPauliSimp().apply(circuit)
    FullPeepholeOptimise().apply(circuit)
    return qasm2.dumps(straight(to_basic(from_pytket(circuit))))


def _qiskit(text: str) -> str:
    from qiskit import QuantumCircuit, transpile

    from catenary.functors.bridges.qiskit import from_qiskit
    from catenary.functors.circuits import qasm2

    circuit = QuantumCircuit.from_qasm_str(text)
    return qasm2.dumps(
        from_qiskit(transpile(circuit, basis_gates=BASIS, optimization_level=3, seed_transpiler=1))
    )


TOOLS: dict[str, Callable[[str], str]] = {
    "catenary two_qubit": _catenary("two_qubit"),
    "catenary gates": _catenary("gates"),
    "catenary depth": _catenary("depth"),
    "pyzx teleport": _pyzx("teleport"),
    "pyzx extract": _pyzx("extract"),
    "pyzx TODD": _pyzx("TODD"),
    "tket GreedyPauliSimp": _tket,
    "qiskit level 3": _qiskit,
}


def optimised(tool: str, text: str, seconds: float) -> str:
    """What a tool makes of a circuit, both as OpenQASM 2.

    Raises:
        subprocess.TimeoutExpired: after so many seconds.
        RuntimeError: if the tool failed, with the last line that it wrote.
    """
    call = [sys.executable, "-m", "benchmarks._forms", tool]
    done = subprocess.run(call, input=text, capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no message"])[-1])
    return done.stdout


if __name__ == "__main__":
    print(TOOLS[sys.argv[1]](sys.stdin.read()))
