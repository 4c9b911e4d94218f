"""Ansätze by name and as JSON values: circuits and tensors alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catenary.diagrams import CatenaryError, UnknownGenerator
from catenary.functors.grammar import ANSATZE, Ansatz, ansatz_named
from catenary.functors.grammar.tensor_ansatz import (
    NETWORK_ANSATZE,
    MPSAnsatz,
    NetworkAnsatz,
    SpiderAnsatz,
)

AnyAnsatz = Ansatz | NetworkAnsatz
_MOST = 64  # of any number in a file


def make_ansatz(
    name: str,
    *,
    layers: int = 1,
    rotations: int = 3,
    qubits: Mapping[str, int] | int = 1,
    dims: Mapping[str, int] | int = 2,
    bond: int = 2,
    max_order: int | None = None,
) -> AnyAnsatz:
    """The ansatz of a name; the settings that are not its own are left aside.

    Args:
        name: a circuit ansatz (``"iqp"``, ``"sim14"``, …) or ``"tensor"``, ``"mps"``, ``"spider"``.
        layers, rotations, qubits: of circuits.
        dims: the dimension of each type, or of all, for tensors.
        bond: of matrix product states.
        max_order: most wires of a tensor of a matrix product state (3) or spider ansatz (2).

    Raises:
        UnknownGenerator: if there is none of this name, with the names that look alike.

    >>> make_ansatz("mps", dims=4)
    MPSAnsatz(dims=4, bond=2, max_order=3)
    """
    key = name.lower().removesuffix("ansatz")
    if key == "mps":
        return MPSAnsatz(dims, bond, 3 if max_order is None else max_order)
    if key == "spider":
        return SpiderAnsatz(dims, 2 if max_order is None else max_order)
    if key in NETWORK_ANSATZE:
        return NETWORK_ANSATZE[key](dims)
    try:
        return ansatz_named(name)(qubits, layers, rotations)
    except UnknownGenerator:
        raise UnknownGenerator(name, [*ANSATZE, *NETWORK_ANSATZE], "the table of ansätze") from None


def ansatz_json(ansatz: AnyAnsatz) -> dict[str, Any]:
    """An ansatz as JSON values; :func:`ansatz_of_json` reads it back."""
    if isinstance(ansatz, NetworkAnsatz):
        found: dict[str, Any] = {"name": ansatz.name, "dims": _plain(ansatz.dims)}
        for key in ("bond", "max_order"):
            if hasattr(ansatz, key):
                found[key] = getattr(ansatz, key)
        return found
    return {
        "name": ansatz.name,
        "qubits": _plain(ansatz.qubits),
        "layers": ansatz.layers,
        "rotations": ansatz.rotations,
    }


def ansatz_of_json(data: Mapping[str, Any]) -> AnyAnsatz:
    """The ansatz of :func:`ansatz_json`.

    Raises:
        ValueError, KeyError, TypeError, CatenaryError: for anything else.
    """
    name = data["name"]
    if not isinstance(name, str):
        raise ValueError("the ansatz has no name")
    keys = ("dims", "bond", "max_order") if name in NETWORK_ANSATZE else ("qubits", "layers", "rotations")
    settings = {key: data[key] for key in keys if key in data or key not in ("bond", "max_order")}
    for value in settings.values():
        for number in value.values() if isinstance(value, dict) else [value]:
            if type(number) is not int or not 0 <= number <= _MOST:
                raise ValueError(f"the ansatz's numbers are between 0 and {_MOST}")
    return make_ansatz(name, **settings)


def circuit_ansatz(ansatz: AnyAnsatz, what: str) -> Ansatz:
    """The ansatz, if it is one of circuits.

    Raises:
        CatenaryError: naming what needs a circuit.
    """
    if isinstance(ansatz, NetworkAnsatz):
        raise CatenaryError(
            f"{what} a circuit, and the ansatz {ansatz.name} makes tensors: choose one of {', '.join(ANSATZE)}"
        )
    return ansatz


def _plain(sizes: Mapping[str, int] | int) -> dict[str, int] | int:
    return sizes if isinstance(sizes, int) else dict(sizes)
