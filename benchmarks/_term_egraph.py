"""String diagrams as terms in egglog, with the laws of symmetric monoidal categories as rules."""

from __future__ import annotations

import multiprocessing
import re
import resource
import time
from dataclasses import dataclass
from typing import Any

from egglog.bindings import EggSmolError, EGraph

from catenary.diagrams import Diagram
from catenary.diagrams.boxes import GENERATOR
from catenary.rewriting import Theory

LAWS = """
(datatype D (Gen String) (Id i64) (Swap) (Comp D D) (Par D D))
(function dom (D) i64 :merge old)
(function cod (D) i64 :merge old)
(rule ((= e (Id n))) ((set (dom e) n) (set (cod e) n)))
(rule ((= e (Swap))) ((set (dom e) 2) (set (cod e) 2)))
(rule ((= e (Comp f g)) (= n (dom f))) ((set (dom e) n)))
(rule ((= e (Comp f g)) (= n (cod g))) ((set (cod e) n)))
(rule ((= e (Par f g)) (= n (dom f)) (= k (dom g))) ((set (dom e) (+ n k))))
(rule ((= e (Par f g)) (= n (cod f)) (= k (cod g))) ((set (cod e) (+ n k))))
(birewrite (Comp (Comp f g) h) (Comp f (Comp g h)))
(birewrite (Par (Par f g) h) (Par f (Par g h)))
(rewrite (Comp (Id n) f) f)
(rewrite (Comp f (Id n)) f)
(rewrite (Par (Id 0) f) f)
(rewrite (Par f (Id 0)) f)
(rewrite (Par (Id n) (Id k)) (Id (+ n k)))
(rule ((= e (Comp (Par f g) (Par h k))) (= n (cod f)) (= n (dom h))) ((union e (Par (Comp f h) (Comp g k)))))
(rewrite (Par (Comp f h) (Comp g k)) (Comp (Par f g) (Par h k)))
(rule ((= e (Par f g)) (= n (dom g)) (= k (cod f))) ((union e (Comp (Par f (Id n)) (Par (Id k) g)))))
(rule ((= e (Par f g)) (= n (dom f)) (= k (cod g))) ((union e (Comp (Par (Id n) g) (Par f (Id k))))))
(rewrite (Comp (Swap) (Swap)) (Id 2))
"""


def term(diagram: Diagram) -> str:
    """A diagram as a term: its layers one after the other."""
    layers = []
    wires = len(diagram.dom)
    for box, offset in diagram.layers:
        inner = "(Swap)" if box.kind != GENERATOR else f'(Gen "{box.name}")'
        right = wires - offset - len(box.dom)
        layers.append(f"(Par (Id {offset}) (Par {inner} (Id {right})))")
        wires += len(box.cod) - len(box.dom)
    result = layers.pop() if layers else f"(Id {len(diagram.dom)})"
    for layer in reversed(layers):
        result = f"(Comp {layer} {result})"
    return result


@dataclass(frozen=True)
class Outcome:
    """How egglog did: whether the two sides became one class, the e-nodes and CPU seconds of its last
    finished iteration, and how many iterations it finished.
    """

    proved: bool
    nodes: int
    seconds: float
    iterations: int


def saturate(theory: Theory, left: Diagram, right: Diagram, seconds: float = 60.0) -> Outcome:
    """Saturate both sides in a process of its own until they are equal, or the time or 3 GB are used up."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    program = _program(theory, left, right)
    worker = context.Process(target=_work, args=(program, seconds, theirs), daemon=True)
    worker.start()
    theirs.close()
    last = Outcome(False, 0, 0.0, 0)
    deadline = time.monotonic() + 2 * seconds + 10
    try:
        while not last.proved and ours.poll(max(0.0, deadline - time.monotonic())):
            last = ours.recv()
    except EOFError:
        pass
    worker.kill()
    worker.join()
    return last


def _program(theory: Theory, left: Diagram, right: Diagram) -> str:
    program = [LAWS]
    for name, box in (theory.signature.generators or {}).items():
        program.append(f'(let $g_{name} (Gen "{name}"))')
        program.append(f"(set (dom $g_{name}) {len(box.dom)}) (set (cod $g_{name}) {len(box.cod)})")
    for rule in theory:  # its sides are closed terms
        one, other = term(rule.left), term(rule.right)
        program.append(f"(rule ((= e {one})) ((union e {other})))")
        program.append(f"(rule ((= e {other})) ((union e {one})))")
    program.append(f"(let $start {term(left)}) (let $goal {term(right)})")
    return "\n".join(program)


def _work(program: str, seconds: float, pipe: Any) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 2, int(seconds) + 3))
    graph = EGraph()
    graph.run_program(*graph.parse_program(program))
    start = time.process_time()
    proved, iterations = False, 0
    while not proved:
        graph.run_program(*graph.parse_program("(run 1)"))
        iterations += 1
        try:
            graph.run_program(*graph.parse_program("(check (= $start $goal))"))
            proved = True
        except EggSmolError:  # the check fails
            proved = False
        pipe.send(Outcome(proved, _size(graph), time.process_time() - start, iterations))


def _size(graph: EGraph) -> int:
    """Rows of the constructors."""
    outputs = graph.run_program(*graph.parse_program("(print-size)"))
    found = dict(re.findall(r"\('(\w+)', (\d+)\)", " ".join(map(repr, outputs))))
    return sum(int(found.get(name, 0)) for name in ("Gen", "Id", "Swap", "Comp", "Par"))
