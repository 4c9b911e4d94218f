"""JSON of circuits and gates, with the definitions and channels that they hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from catenary.diagrams.expressions import decode_phase, encode_phase
from catenary.diagrams.files import Form, Reader, Writer
from catenary.diagrams.files.reader import Json, flag, natural, naturals, shown, text
from catenary.functors.circuits import Circuit, Gate
from catenary.functors.circuits.circuit import Register
from catenary.functors.circuits.definitions import GateDefinition, definitions_of
from catenary.functors.circuits.noise import NoiseChannel

_Table = Sequence[GateDefinition]
"""The definitions of a file, each after those that it uses: gates name them by number."""


def _write_gate(gate: Gate, table: dict[GateDefinition, int]) -> dict[str, Json]:
    found: dict[str, Json] = {"name": gate.name, "qubits": list(gate.qubits)}
    if gate.params:
        found["params"] = [encode_phase(phase) for phase in gate.params]
    if gate.clbits:
        found["clbits"] = list(gate.clbits)
    if gate.condition is not None:
        bits, value = gate.condition
        found["condition"] = {"clbits": list(bits), "value": str(value)}
    if gate.label and gate.meaning is None:
        found["label"] = gate.label
    if isinstance(gate.meaning, GateDefinition):
        found["definition"] = table[gate.meaning.plain()]
        found["inverse"], found["controls"] = gate.meaning.inverse, gate.meaning.controls
    elif isinstance(gate.meaning, NoiseChannel):
        found["channel"] = _write_channel(gate.meaning)
    return found


def _write_channel(channel: NoiseChannel) -> dict[str, Json]:
    found: dict[str, Json] = {"name": channel.name, "params": list(channel.params)}
    if channel.readout is not None:
        return found | {"readout": list(channel.readout)}
    operators = [[[[z.real, z.imag] for z in row] for row in matrix] for matrix in channel.operators]
    return found | {"operators": operators}


def _write_table(definitions: _Table) -> tuple[dict[str, Json], dict[GateDefinition, int]]:
    table = {definition: k for k, definition in enumerate(definitions)}
    rows = [
        {
            "name": d.name,
            "params": list(d.params),
            "qubits": d.body.n_qubits,
            "global_phase": encode_phase(d.body.global_phase),
            "gates": [_write_gate(gate, table) for gate in d.body.gates],
        }
        for d in definitions
    ]
    return ({"definitions": rows} if rows else {}), table


def _read_condition(reader: Reader, data: Json) -> tuple[tuple[int, ...], int]:
    reader.fields(data, {"clbits": True, "value": True})
    bits, digits = reader.at(data, "clbits", naturals), reader.at(data, "value", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4000):
        reader.fail(f"the value of a condition is a natural number in digits, not {shown(digits)}")
    return bits, int(digits)


def _number(reader: Reader, data: Json) -> float:
    reader.expect(data, (int, float), "a number")
    return float(data)


def _numbers(reader: Reader, data: Json) -> tuple[float, ...]:
    return tuple(reader.each(data, _number, "a list of numbers"))


def _entry(reader: Reader, data: Json) -> complex:
    parts = reader.each(data, _number, "[real part, imaginary part]")
    if len(parts) != 2:
        reader.fail("expected [real part, imaginary part]")
    return complex(*parts)


def _read_channel(reader: Reader, data: Json) -> NoiseChannel:
    reader.fields(data, {"name": True, "params": True, "operators": False, "readout": False})

    def row(r: Reader, d: Json) -> tuple[complex, ...]:
        return tuple(r.each(d, _entry))

    def matrix(r: Reader, d: Json) -> tuple[tuple[complex, ...], ...]:
        return tuple(r.each(d, row))

    readout = reader.at(data, "readout", _numbers) if "readout" in data else ()
    if "readout" in data and len(readout) != 2:
        reader.fail("a readout is two probabilities")
    return NoiseChannel(
        reader.at(data, "name", text),
        reader.at(data, "params", _numbers),
        tuple(reader.at(data, "operators", lambda r, d: r.each(d, matrix))) if "operators" in data else (),
        (readout[0], readout[1]) if readout else None,
    )


def _gate_reader(table: _Table) -> Callable[[Reader, Json], Gate]:
    def read(reader: Reader, data: Json) -> Gate:
        wanted = dict.fromkeys(
            ("params", "clbits", "condition", "label", "definition", "inverse", "controls", "channel"), False
        )
        reader.fields(data, {"name": True, "qubits": True, **wanted})
        meaning: GateDefinition | NoiseChannel | None = None
        if "definition" in data:
            place = reader.at(data, "definition", natural)
            if place >= len(table):
                reader.fail(f"there is no definition {place} before this")
            plain = table[place]
            inverse = reader.optional(data, "inverse", flag, False)
            controls = reader.optional(data, "controls", natural, 0)
            meaning = GateDefinition(plain.name, plain.params, plain.body, inverse, controls)
        elif "channel" in data:
            meaning = reader.at(data, "channel", _read_channel)
        return Gate(
            reader.at(data, "name", text),
            reader.at(data, "qubits", naturals),
            tuple(reader.optional(data, "params", lambda r, d: r.each(d, lambda _, p: decode_phase(p)), [])),
            reader.optional(data, "clbits", naturals, ()),
            reader.at(data, "condition", _read_condition) if "condition" in data else None,
            reader.optional(data, "label", text, ""),
            meaning,
        )

    return read


def _read_table(reader: Reader, data: Json) -> list[GateDefinition]:
    found: list[GateDefinition] = []

    def row(r: Reader, d: Json) -> None:
        r.fields(d, dict.fromkeys(("name", "params", "qubits", "global_phase", "gates"), True))
        gates = r.at(d, "gates", lambda r, d: r.each(d, _gate_reader(found)))
        qubits = r.at(d, "qubits", natural)
        r.spend(qubits)
        phase = r.at(d, "global_phase", lambda _, p: decode_phase(p))
        params = r.at(d, "params", lambda r, d: r.each(d, text))
        body = Circuit(qubits, gates, global_phase=phase)
        found.append(GateDefinition(r.at(d, "name", text), tuple(params), body))

    reader.each(data, row)
    return found


def write_circuit(_: Writer, circuit: Circuit) -> dict[str, Json]:
    """A circuit as JSON data."""
    found: dict[str, Json] = {
        "qubits": circuit.n_qubits,
        "clbits": circuit.n_clbits,
        "inputs": list(circuit.inputs),
        "outputs": list(circuit.outputs),
        "global_phase": encode_phase(circuit.global_phase),
    }
    for key in ("qregs", "cregs"):
        if registers := getattr(circuit, key):
            found[key] = [[register.name, register.size] for register in registers]
    rows, table = _write_table(definitions_of(circuit))
    return found | rows | {"gates": [_write_gate(gate, table) for gate in circuit.gates]}


def _read_register(reader: Reader, data: Json) -> Register:
    reader.expect(data, list, "a register: [name, size]")
    if len(data) != 2:
        reader.fail("expected [name, size]")
    return Register(reader.at(data, 0, text), reader.at(data, 1, natural))


def read_circuit(reader: Reader, data: Json) -> Circuit:
    """A circuit from JSON data."""
    wanted = dict.fromkeys(("qubits", "clbits", "inputs", "outputs", "global_phase", "gates"), True)
    reader.fields(data, wanted | {"qregs": False, "cregs": False, "definitions": False})
    table = reader.at(data, "definitions", _read_table) if "definitions" in data else []
    gates = reader.at(data, "gates", lambda r, d: r.each(d, _gate_reader(table)))
    qubits, inputs = reader.at(data, "qubits", natural), reader.at(data, "inputs", naturals)
    if qubits > len(inputs) + len(gates):  # a line that is not an input begins with a gate
        reader.fail(f"{qubits} qubits, but {len(inputs)} inputs and {len(gates)} gates")
    return Circuit(
        qubits,
        gates,
        reader.at(data, "clbits", natural),
        inputs,
        reader.at(data, "outputs", naturals),
        reader.at(data, "global_phase", lambda _, d: decode_phase(d)),
        reader.optional(data, "qregs", lambda r, d: r.each(d, _read_register), []),
        reader.optional(data, "cregs", lambda r, d: r.each(d, _read_register), []),
    )


def write_gate(_: Writer, gate: Gate) -> dict[str, Json]:
    """A gate by itself as JSON data."""
    width = 1 + max(gate.qubits, default=0)
    rows, table = _write_table(definitions_of(Circuit.unchecked(width, (gate,))))
    return rows | {"gate": _write_gate(gate, table)}


def read_gate(reader: Reader, data: Json) -> Gate:
    """A gate by itself from JSON data."""
    reader.fields(data, {"gate": True, "definitions": False})
    table = reader.at(data, "definitions", _read_table) if "definitions" in data else []
    return reader.at(data, "gate", _gate_reader(table))


FORMS = {
    "gate": Form(Gate, write_gate, read_gate),
    "circuit": Form(Circuit, write_circuit, read_circuit),
}
