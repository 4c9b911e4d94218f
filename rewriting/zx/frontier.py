"""Circuits from ZX diagrams, for every diagram.

From the outputs backwards: the spiders next to the outputs are the frontier; phases, Hadamards and edges
inside it are gates; row additions on its biadjacency matrix are CX gates, and make rows with one neighbour,
which is the next frontier spider (Backens, Miller-Bakewell, de Felice, Lobski, van de Wetering, *There and
back again: a circuit extraction tale*, arXiv 2003.01664). Where that is stuck, a Clifford neighbour is
removed by a pivot with the frontier or a local complementation; and where there is none, a neighbour gets a
leg more, closed by a post-selection: a spider is its copy with ⟨+|·√2 on one leg. So extraction is total.
What is left at the inputs is a linear map over GF(2), done by CX gates and a partial permutation.
"""

from __future__ import annotations

from catenary.diagrams import Phase
from catenary.functors.bitsets import bits, lowest
from catenary.functors.circuits.circuit import Circuit
from catenary.rewriting.limits import check_deadline
from catenary.rewriting.zx.graph import ZXGraph
from catenary.rewriting.zx.linear import edge_thinning, reduced_rows, row_operations, summing_order
from catenary.rewriting.zx.scalar import Scalar
from catenary.rewriting.zx.tape import Tape, phase_gate, swaps


def extract_by_frontier(graph: ZXGraph, deadline: float | None = None) -> tuple[Circuit, Scalar, int]:
    """A circuit equal to any diagram up to the scalar beside it, and how many lines were post-selected.

    Raises:
        LimitReached: at the deadline.
    """
    return _Extractor(graph.copy(), deadline).run()


class _Extractor:
    """The diagram that is left (its outputs are the frontier, line by line) and the gates after it."""

    def __init__(self, graph: ZXGraph, deadline: float | None):
        self.graph = graph
        self.deadline = deadline
        self.tape = Tape()
        self.n_outputs = len(graph.outputs)
        for v in list(graph.inputs):
            graph.unfuse_boundary(v)
        self.ends = 0  # the spiders at the inputs: phase-free until something is pivoted onto them
        for v in graph.inputs:
            self.ends |= 1 << v
        self.front: list[tuple[str, int, tuple[Phase, ...]]] = []
        self.frontier = 0
        for v in graph.outputs:
            self.frontier |= 1 << v
        self.lines = {v: q for q, v in enumerate(graph.outputs)}
        for q, hadamard in enumerate(graph.output_h):
            if hadamard:
                graph.output_h[q] = False
                self.tape.write("h", q)
        # The hub of a phase gadget is never a frontier spider (its leaf could not follow): it is pivoted
        # away.
        self.hubs = 0
        inner = graph.alive & ~(self.frontier | self.ends)
        for v in bits(inner):
            around = graph.neighbours(v)
            if around and not around & (around - 1):
                self.hubs |= around & inner & ~graph.general

    def run(self) -> tuple[Circuit, Scalar, int]:
        graph = self.graph
        while True:
            check_deadline(self.deadline, "extracting a circuit")
            if self._advance():
                continue
            inner = graph.alive & ~(self.frontier | self.ends)
            if not inner:
                break
            self._unstick(inner)
        return self._finish()

    # The frontier

    def _emit_phase(self, q: int) -> None:
        """Emit the phase of a line's frontier spider."""
        graph = self.graph
        v = graph.outputs[q]
        if (graph.low | graph.high | graph.general) >> v & 1:
            self.tape.phase(q, graph.take_phase(v), graph.scalar)

    def _emit_edges(self, q: int) -> None:
        """Emit the edges inside the frontier at one line."""
        graph = self.graph
        v = graph.outputs[q]
        for w in bits(graph.neighbours(v) & self.frontier):
            graph.toggle(v, w)
            self.tape.write("cz", q, self.lines[w])

    def _replace(self, q: int, spider: int) -> None:
        """Make a spider the frontier of a line; the old one is the caller's affair."""
        graph = self.graph
        old = graph.outputs[q]
        self.lines.pop(old, None)
        graph.outputs[q] = spider
        graph.output_h[q] = False
        self.lines[spider] = q
        self.frontier = self.frontier & ~(1 << old) | 1 << spider

    def _advance(self) -> bool:
        """Extract a spider that some sum of rows has for its only neighbour: the cheapest in CX and CZ
        gates.
        """
        graph = self.graph
        whole = [graph.neighbours(v) for v in graph.outputs]
        inside = self.frontier
        barred = self.ends | self.hubs
        single, fewest = -1, 0
        for q, row in enumerate(whole):
            outside = row & ~inside
            if outside and not outside & (outside - 1) and not outside & barred:
                edges = (row & inside).bit_count()
                if single < 0 or edges < fewest:
                    single, fewest = q, edges
        if single >= 0:
            self._step(single)
            return True
        best: list[int] | None = None
        least = 0
        for row, combination in reduced_rows([row & ~inside for row in whole]):
            if row & (row - 1) or row & barred:
                continue
            chosen = bits(combination)
            total = 0
            for q in chosen:
                total ^= whole[q]
            cost = len(chosen) - 1 + (total & inside).bit_count()
            if best is None or cost < least:
                best, least = chosen, cost
        if best is None:
            return False
        self._step(self._sum_rows(best))
        return True

    def _sum_rows(self, lines: list[int]) -> int:
        """Add up the rows of some lines pair by pair, each time where most ones go; returns the line that
        holds the sum.
        """
        steps = summing_order([self.graph.neighbours(self.graph.outputs[q]) for q in lines])
        for target, source in steps:
            self._add_row(lines[target], lines[source])
        return lines[steps[-1][0]] if steps else lines[0]

    def _add_row(self, target: int, source: int) -> None:
        """Add the row of one line to that of another: a CX whose control is the line that changes.

        The bit of the source line becomes its sum with the target's, so an edge between the two leaves a π.
        """
        self._emit_phase(source)
        graph = self.graph
        v, w = graph.outputs[target], graph.outputs[source]
        here = 1 << v
        change = graph.neighbours(w)
        if change & here:
            change ^= here
            graph.high ^= here
        graph.rows[v] ^= change
        for u in bits(change):
            graph.rows[u] ^= here
        self.tape.write("cx", target, source)

    def _share(self, q: int) -> None:
        """Add the row of a line that is to be stepped to others whose edges inside the frontier it
        cancels.
        """
        graph = self.graph
        v = graph.outputs[q]
        while True:
            row = graph.neighbours(v)
            best, found = 1, -1
            for other, w in enumerate(graph.outputs):
                if other != q:
                    near = graph.neighbours(w)
                    change = row & ~(1 << w)
                    gain = near.bit_count() - (near ^ change).bit_count()
                    if gain > best:
                        best, found = gain, other
            if found < 0:
                return
            self._add_row(found, q)

    def _step(self, q: int) -> None:
        """The frontier spider of a line has one neighbour outside: a Hadamard, and the neighbour takes its
        place.
        """
        self._share(q)
        self._emit_edges(q)
        self._emit_phase(q)
        graph = self.graph
        old = graph.outputs[q]
        spider = lowest(graph.neighbours(old))
        graph.toggle(old, spider)
        self._replace(q, spider)
        graph.boundary ^= 1 << old | 1 << spider
        graph.discard(old)
        graph.scalar.sqrt2 += 1
        self.tape.write("h", q)

    # Where no row can be made single

    def _unstick(self, inner: int) -> None:
        graph = self.graph
        columns = 0
        for v in graph.outputs:
            columns |= graph.neighbours(v)
        columns &= inner
        clifford = inner & ~graph.general
        near = clifford & columns
        odd = (near or clifford) & graph.low
        if odd:
            self.hubs &= ~(odd & -odd)
            graph.local_complement(lowest(odd))
            return
        if near:
            u = min(bits(near), key=graph.degree)
            v = min(bits(graph.neighbours(u) & self.frontier), key=graph.degree)
            q = self.lines[v]
            self._emit_phase(q)
            w = graph.unfuse_boundary(v)
            graph.outputs[q] = v
            self._replace(q, w)
            self.tape.write("h", q)
            self._pivot(u, v)
            return
        for u in bits(clifford):
            around = graph.neighbours(u) & self.ends
            if around:
                v = lowest(around)
                i = graph.inputs.index(v)
                self._emit_input(i)
                w = graph.unfuse_boundary(v)
                self.ends ^= 1 << v | 1 << w
                self._pivot(u, v)
                return
        choice = max(bits(columns or inner), key=graph.degree)
        q = len(graph.outputs)
        self.tape.write("post", q)
        self.tape.write("h", q)
        graph.scalar.sqrt2 += 1
        graph.outputs.append(choice)
        graph.output_h.append(False)
        graph.boundary |= 1 << choice
        self.frontier |= 1 << choice
        self.lines[choice] = q

    def _pivot(self, u: int, v: int) -> None:
        self.hubs &= ~(1 << u)
        self.graph.pivot(u, v)

    # The inputs

    def _emit_input(self, i: int) -> None:
        """Emit the Hadamard and the phase of an input at the start of the circuit."""
        graph = self.graph
        v = graph.inputs[i]
        if graph.input_h[i]:
            graph.input_h[i] = False
            self.front.append(("h", i, ()))
        if (graph.low | graph.high | graph.general) >> v & 1:
            name, params = phase_gate(graph.take_phase(v), graph.scalar)
            self.front.append((name, i, params))

    def _thin_frontier(self) -> None:
        """Row additions that leave fewer edges inside the frontier than they cost."""
        rows = [
            sum(1 << self.lines[w] for w in bits(self.graph.neighbours(v) & self.frontier))
            for v in self.graph.outputs
        ]
        for target, source in edge_thinning(rows):
            self._add_row(target, source)

    def _finish(self) -> tuple[Circuit, Scalar, int]:
        """The linear map that is left between the inputs and the frontier."""
        graph, tape = self.graph, self.tape
        n_lines, n_inputs = len(graph.outputs), len(graph.inputs)
        self._thin_frontier()
        for q in range(n_lines):
            self._emit_phase(q)
            self._emit_edges(q)
        column = {v: i for i, v in enumerate(graph.inputs)}
        matrix = [sum(1 << column[w] for w in bits(graph.neighbours(v))) for v in graph.outputs]
        square = n_lines == n_inputs == self.n_outputs
        options = [row_operations(matrix, n_inputs, identity=False, deadline=self.deadline)]
        if square:
            options.append(row_operations(matrix, n_inputs, identity=True, deadline=self.deadline))
        steps, rows = min(options, key=lambda option: len(option[0]) + 3 * _crossings(option[1]) * square)
        for target, source in steps:
            tape.write("cx", target, source)
        # Column additions, on the inputs' side, clear what row additions leave beside the pivots.
        columns_first: list[tuple[int, int]] = []
        partner: dict[int, int] = {}
        for q, row in enumerate(rows):
            if row:
                pivot = lowest(row)
                partner[pivot] = q
                columns_first.extend((other, pivot) for other in bits(row ^ 1 << pivot))
        line = dict(partner)
        spare = [q for q in range(n_lines) if q not in set(partner.values())]
        fresh = n_lines
        for i in range(n_inputs):
            if i not in line:
                if spare:
                    line[i] = spare.pop()
                else:
                    line[i] = fresh
                    fresh += 1
        unused = {q for q in range(n_lines) if q not in set(partner.values())}
        # Written backwards: first what comes last, the states of lines that no input feeds.
        for q in range(n_lines):
            tape.write("h", q)
            if q in unused:
                tape.write("init", q)
        for i in range(n_inputs):
            if i not in partner:
                tape.write("post", line[i])
                tape.write("h", line[i])
        graph.scalar.sqrt2 += n_lines + n_inputs - len(partner)
        for other, pivot in columns_first:
            tape.write("cx", line[other], line[pivot])
        for i, v in enumerate(graph.inputs):
            for w in bits(graph.neighbours(v) & self.ends):
                if column[w] > i:
                    tape.write("cz", line[i], line[column[w]])
        for i in range(n_inputs):
            self._emit_input(i)
        for name, i, params in reversed(self.front):
            tape.write(name, line[i], params=params)
        inputs = [line[i] for i in range(n_inputs)]
        gates = tape.in_order()
        if square:
            gates = swaps(inputs) + gates
            inputs = list(range(n_inputs))
        scalar = graph.scalar.copy()
        scalar.normalise()
        phase = scalar.take_phase()
        outputs = tuple(range(self.n_outputs))
        circuit = Circuit(fresh, gates, inputs=tuple(inputs), outputs=outputs, global_phase=phase)
        return circuit, scalar, n_lines - self.n_outputs


def _crossings(rows: list[int]) -> int:
    """The number of swaps that a permutation given by unit rows needs."""
    places = [lowest(row) if row else i for i, row in enumerate(rows)]
    return len(swaps(places)) if sorted(places) == list(range(len(places))) else 0
