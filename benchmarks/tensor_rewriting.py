"""Multiply-adds of small contractions: the e-graph of sub-networks beside cotengra's optimal path."""

from __future__ import annotations

import time
from typing import Any

import cotengra as ctg
import numpy as np

from catenary.functors.tensor import TensorNetwork
from catenary.functors.tensor.network import reduction
from catenary.rewriting.contraction import share


def cases(quick: bool) -> dict[str, TensorNetwork]:
    """Small networks, with and without repeated parts."""
    rng = np.random.default_rng(0)
    m, site, peps = (
        rng.standard_normal((16, 16)),
        rng.standard_normal((8, 2, 8)),
        rng.standard_normal((3,) * 4),
    )
    found = {
        f"matrix power {n}": TensorNetwork([(i, i + 1) for i in range(n)], [m] * n, (0, n)) for n in (8, 15)
    }
    n = 4 if quick else 6
    ket = [(i, 2 * n + i, (i + 1) % n) for i in range(n)]
    bra = [(n + i, 2 * n + i, n + (i + 1) % n) for i in range(n)]
    found[f"norm of a uniform ring of {n} matrices"] = TensorNetwork(ket + bra, [site] * 2 * n, ())
    rows, columns = 2, 4
    across = {(x, y): y * rows + x for x in range(rows) for y in range(columns)}
    torus = [
        (across[x, y], across[x, (y + 1) % columns], 8 + across[x, y], 8 + across[(x + 1) % rows, y])
        for x in range(rows)
        for y in range(columns)
    ]
    found["torus of 2 x 4 equal tensors"] = TensorNetwork(torus, [peps] * 8, ())
    ends = rng.permutation(np.repeat(np.arange(10), 3)).reshape(-1, 2)
    random = [[i for i, pair in enumerate(ends) for t in pair if t == tensor] for tensor in range(10)]
    arrays = [rng.standard_normal((4, 4, 4)) for _ in random]
    found["3-regular, 10 different tensors"] = TensorNetwork(random, arrays, ())
    return found


def run(quick: bool = False) -> list[dict[str, Any]]:
    """A row for each case: multiply-adds of both and the size of the e-graph."""
    rows = []
    for name, network in cases(quick).items():
        core = reduction(network.structure)
        names = [[ctg.get_symbol(i) for i in ixs] for ixs in core.inputs]
        sizes = {ctg.get_symbol(i): size for i, size in enumerate(core.sizes)}
        tree = ctg.array_contract_tree(
            names,
            [ctg.get_symbol(i) for i in core.output],
            sizes,
            optimize=ctg.OptimalOptimizer(minimize="flops"),
        )
        start = time.process_time()
        found = share(network)
        taken = time.process_time() - start
        same = bool(np.allclose(found.contract(), network.contract()))
        rows.append(
            {
                "network": name,
                "cotengra optimal (multiply-adds)": int(tree.contraction_cost()),
                "e-graph": found.multiply_adds,
                "ratio": round(found.multiply_adds / float(tree.contraction_cost()), 3),
                "e-classes": found.classes,
                "e-nodes": found.nodes,
                "search (s)": round(taken, 3),
                "same value": same,
            }
        )
    return rows
