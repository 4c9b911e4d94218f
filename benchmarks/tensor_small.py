"""200 networks of the size of sentences, 5 to 15 small tensors: a call of ours beside the libraries' calls.

Every library gets the same networks. ``uncached`` is a library's call with arrays in hand, its search for a
path included; ``reused`` its expression made once (opt_einsum, cotengra). Ours is a call of the compiled
network. The last rows evaluate one parametrised sentence on a batch of 256 parameter sets beside a loop of
calls, value and gradient, and a density matrix with a discarded qubit beside DisCoPy.

All times are CPU microseconds for a call, the least of several rounds; ratios are those of one run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from catenary.diagrams import MissingExtra
from catenary.diagrams.optional import optional
from catenary.functors.tensor import (
    TensorNetwork,
    compile_network,
    compile_parametrised,
    parametrised_circuit,
)

COUNT, QUICK_COUNT, BATCH = 200, 20, 256


def sentence_network(seed: int) -> TensorNetwork:
    """A random network like a sentence's: a tree of words of one to four wires of dimension 2 to 4 and a few
    wires that close cycles; one open wire.
    """
    rng = random.Random(seed)
    count = rng.randrange(5, 16)
    legs: list[list[int]] = [[] for _ in range(count)]
    sizes: list[int] = []

    def wire(a: int, b: int | None) -> None:
        legs[a].append(len(sizes))
        if b is not None:
            legs[b].append(len(sizes))
        sizes.append(rng.choice((2, 2, 2, 4)))

    for t in range(1, count):
        wire(t, rng.choice([s for s in range(t) if len(legs[s]) < 4]))
    for _ in range(rng.randrange(3)):
        free = [t for t in range(count) if len(legs[t]) < 4]
        if len(free) > 1:
            wire(*rng.sample(free, 2))
    wire(rng.choice([t for t in range(count) if len(legs[t]) < 4] or [0]), None)
    numbers = np.random.default_rng(seed)
    arrays = [numbers.normal(size=[sizes[i] for i in ixs]) for ixs in legs]
    return TensorNetwork([tuple(ixs) for ixs in legs], arrays, (len(sizes) - 1,), sizes)


def _timed(calls: Sequence[Callable[[], Any]], rounds: int) -> float:
    """Microseconds for a call, over all networks."""
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for call in calls:
            call()
        least = min(least, time.process_time() - start)
    return 1e6 * least / len(calls)


def _named(network: TensorNetwork) -> tuple[str, str]:
    from string import ascii_letters

    inputs = ",".join("".join(ascii_letters[i] for i in ixs) for ixs in network.indices)
    return inputs, "".join(ascii_letters[i] for i in network.output)


def _opt_einsum(networks: Sequence[TensorNetwork]) -> list[tuple[str, list[Callable[[], Any]]]]:
    oe = optional("opt_einsum", "opt_einsum")
    uncached, reused = [], []
    for n in networks:
        equation = "->".join(_named(n))
        expression = oe.contract_expression(equation, *(a.shape for a in n.arrays))
        uncached.append(lambda e=equation, a=n.arrays: oe.contract(e, *a))
        reused.append(lambda e=expression, a=n.arrays: e(*a))
    return [("opt_einsum uncached", uncached), ("opt_einsum reused", reused)]


def _cotengra(networks: Sequence[TensorNetwork]) -> list[tuple[str, list[Callable[[], Any]]]]:
    ctg = optional("cotengra", "test")
    uncached, reused = [], []
    for n in networks:
        inputs, output = [tuple(ixs) for ixs in n.indices], tuple(n.output)
        sizes = dict(enumerate(n.sizes))
        expression = ctg.array_contract_expression(inputs, output, sizes)
        uncached.append(
            lambda a=n.arrays, i=inputs, o=output: ctg.array_contract(
                a, i, o, cache_expression=False, optimize="greedy"
            )
        )
        reused.append(lambda e=expression, a=n.arrays: e(*a))
    return [("cotengra uncached", uncached), ("cotengra reused", reused)]


def _tensornetwork(networks: Sequence[TensorNetwork]) -> list[tuple[str, list[Callable[[], Any]]]]:
    tn = optional("tensornetwork", "tensornetwork")

    def call(network: TensorNetwork) -> Any:
        nodes = [tn.Node(array, backend="numpy") for array in network.arrays]
        ends: dict[int, Any] = {}
        for node, ixs in zip(nodes, network.indices, strict=True):
            for axis, index in enumerate(ixs):
                if index in ends:
                    tn.connect(ends.pop(index), node[axis])
                else:
                    ends[index] = node[axis]
        return tn.contractors.greedy(nodes, output_edge_order=[ends[i] for i in network.output]).tensor

    return [("tensornetwork uncached", [lambda n=n: call(n) for n in networks])]


def _ours(networks: Sequence[TensorNetwork]) -> list[tuple[str, list[Callable[[], Any]]]]:
    compiled = [(compile_network(n), n.arrays) for n in networks]
    return [("catenary", [lambda c=c, a=a: c(a) for c, a in compiled])]


def _batch() -> list[dict[str, Any]]:
    from catenary.functors.grammar import IQP, parse

    rows = []
    for text in ("Alice sleeps", "Alice loves Bob", "Alice who loves Bob sleeps"):
        network = parametrised_circuit(IQP()(parse(text)[0].diagram))
        program = compile_parametrised(network)
        values = np.random.default_rng(0).uniform(-1, 1, (BATCH, len(program.parameters)))
        compiled = compile_network(network.bind(dict(zip(program.parameters, values[0], strict=True))))

        def one(
            row: Any, network: Any = network, compiled: Any = compiled, names: Any = program.parameters
        ) -> Any:
            return compiled(network.bind(dict(zip(names, row, strict=True))).arrays)

        np.testing.assert_allclose(program(values)[1], one(values[1]), atol=1e-10)
        batch = _timed([lambda p=program, v=values: p(v)], 5) / BATCH
        single = _timed([lambda r=row, p=program: p(r) for row in values], 2)
        loop = _timed([lambda r=row: one(r) for row in values[:32]], 2)
        value = program(values)
        gradient = _timed([lambda p=program, v=values, c=value: p.value_and_vjp(v)[1](c)], 5) / BATCH
        rows.append(
            {
                "what": f"batch of {BATCH}: {text!r}",
                "us a member": batch,
                "loop of bound networks": loop / batch,
                "loop of programs": single / batch,
                "with gradient us": gradient,
                **_others(program, values),
            }
        )
    return rows


def _others(program: Any, values: Any) -> dict[str, float]:
    """Microseconds a member for the same program and gradient by torch and by jax, compiled before."""
    found = {}
    try:
        torch = optional("torch", "torch")

        def backward() -> Any:
            given = torch.tensor(values, requires_grad=True)
            (program(given).abs() ** 2).sum().backward()

        torch.set_num_threads(1)
        found["torch gradient us"] = _timed([backward], 3) / BATCH
    except MissingExtra:
        pass
    try:
        jax = optional("jax", "jax")
        slope = jax.jit(jax.grad(lambda v: (abs(program(v)) ** 2).sum()))
        given = jax.numpy.asarray(values)  # single precision, jax's default
        slope(given).block_until_ready()
        found["jax gradient us"] = _timed([lambda: slope(given).block_until_ready()], 5) / BATCH
    except MissingExtra:
        pass
    return found


def _mixed() -> list[dict[str, Any]]:
    """The density matrix of three of four qubits, beside DisCoPy's mixed evaluation."""
    from catenary.functors.circuits import Circuit, Gate
    from catenary.functors.mixed import density_matrix

    def circuit(turn: float) -> Circuit:
        gates = [Gate("rx", (q,), (0.2 * q + turn,)) for q in range(4)]
        gates += [Gate("cx", (q, q + 1)) for q in range(3)]
        return Circuit(4, [*gates, *(Gate("h", (q,)) for q in range(4))])

    density_matrix(circuit(0.1), [0, 1, 2])
    ours = _timed([lambda: density_matrix(circuit(0.3), [0, 1, 2])], 5)
    row: dict[str, Any] = {"what": "four qubits, one discarded", "us a call": ours}
    try:
        quantum = optional("discopy.quantum", "discopy")
    except MissingExtra:
        return [row]
    qubit = quantum.qubit
    theirs = quantum.Ket(0, 0, 0, 0)
    turns = [quantum.Rx(0.1 * q + 0.15) for q in range(4)]  # DisCoPy counts full turns
    theirs >>= turns[0] @ turns[1] @ turns[2] @ turns[3]
    for q in range(3):
        theirs >>= quantum.Id(qubit**q) @ quantum.CX @ quantum.Id(qubit ** (2 - q))
    theirs >>= quantum.H @ quantum.H @ quantum.H @ quantum.H
    theirs >>= quantum.Id(qubit**3) @ quantum.Discard()
    value = np.asarray(theirs.eval(mixed=True).array).reshape(8, 8)
    np.testing.assert_allclose(value, density_matrix(circuit(0.3), [0, 1, 2]).T, atol=1e-9)
    row["discopy, times ours"] = _timed([lambda: theirs.eval(mixed=True)], 2) / ours
    return [row]


def run(quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the benchmark."""
    networks = [sentence_network(seed) for seed in range(QUICK_COUNT if quick else COUNT)]
    rounds = 2 if quick else 5
    rows: list[dict[str, Any]] = []
    ours = 0.0
    for library in (_ours, _opt_einsum, _cotengra, _tensornetwork):
        try:
            rivals = library(networks)
        except MissingExtra as missing:
            rows.append({"what": f"not run: {missing.package} is not installed"})
            continue
        for name, calls in rivals:
            expected = [compile_network(n)(n.arrays) for n in networks]
            for call, value in zip(calls, expected, strict=True):
                np.testing.assert_allclose(np.asarray(call()), value, atol=1e-9)
            taken = _timed(calls, 1 if "uncached" in name else rounds)
            ours = ours or taken
            rows.append({"what": name, "us a call": taken, "times ours": taken / ours})
    return rows + _batch() + _mixed()
