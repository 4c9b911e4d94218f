"""The commands on circuits: optimize and verify."""

from __future__ import annotations

import warnings
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catenary.console import (
    AsJson,
    Budget,
    HeldInterrupts,
    Quiet,
    ReportFile,
    Verbose,
    app,
    check_report,
    print_json,
    progress_bar,
    say,
)
from catenary.diagrams.phases import format_phase
from catenary.diagrams.textfile import check_folder, check_writable, write_text

if TYPE_CHECKING:
    from catenary.functors.circuits import Circuit
    from catenary.rewriting.circuits import ParetoPoint


class Effort(StrEnum):
    """How long the optimiser searches."""

    quick = "quick"
    normal = "normal"
    exhaustive = "exhaustive"


class Language(StrEnum):
    """What circuits are written in."""

    qasm2 = "qasm2"
    qasm3 = "qasm3"


@app.command()
def optimize(
    source: Annotated[
        str, typer.Argument(help="OpenQASM 2 or 3 file, - for standard input.", metavar="IN.qasm")
    ],
    output: Annotated[str | None, typer.Option("-o", "--output", help="Where to write the circuit.")] = None,
    to: Annotated[
        Language | None, typer.Option(help="The language to write; that of the input if not given.")
    ] = None,
    cost: Annotated[
        str,
        typer.Option(
            help="What to make small: two_qubit, t, gates, depth, or a sum like two_qubit + 0.1*gates.",
            metavar="COST",
        ),
    ] = "two_qubit",
    budget: Budget = 10.0,
    effort: Annotated[
        Effort, typer.Option(help="quick: no search; exhaustive: search until the budget is over.")
    ] = Effort.normal,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    pareto: Annotated[
        str | None,
        typer.Option(
            help="Also write every circuit that no other one beats in all of two_qubit, t, gates, depth.",
            metavar="DIR",
        ),
    ] = None,
    coupling: Annotated[
        str | None,
        typer.Option(
            help="Stay on a device's edges, routed if need be: line:5, ring:6, grid:2x3, edges 0-1,1-2, or a .json file of pairs.",
            metavar="MAP",
        ),
    ] = None,
    native: Annotated[
        str | None,
        typer.Option(help="Write the result over these gates, such as rz,sx,x,cx.", metavar="GATES"),
    ] = None,
    leave_out_below: Annotated[
        float | None,
        typer.Option(
            help="Leave out rotations by less than so many half turns, such as 1e-11; the report bounds the error.",
            metavar="ANGLE",
            min=0.0,
            max=0.5,
        ),
    ] = None,
    hadamard_gadgets: Annotated[
        bool,
        typer.Option(
            "--hadamard-gadgets",
            help="With --cost t: fewer T gates, at the price of measured ancillas, which are reported.",
        ),
    ] = False,
    as_json: AsJson = False,
    report: ReportFile = None,
    allow_unverified: Annotated[
        bool, typer.Option(help="Write the result even if it could not be verified equal.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a circuit cheaper, never worse, and verify the result."""
    held = HeldInterrupts()
    with held:
        from catenary.functors.circuits import qasm
        from catenary.rewriting.circuits import PassFault
        from catenary.rewriting.circuits import optimize as run
        from catenary.rewriting.circuits.costs import Cost

    try:
        wanted = Cost.of(cost)
    except ValueError as error:
        raise typer.BadParameter(f"--cost: {error}") from None
    if hadamard_gadgets and (str(wanted) != "t" or any(x is not None for x in (pareto, coupling, native))):
        raise typer.BadParameter(
            "--hadamard-gadgets goes with --cost t, and without --pareto, --coupling and --native"
        )
    if as_json and output == "-":
        raise typer.BadParameter("--json and the circuit cannot both go to standard output: give -o a file")
    check_writable(output)
    check_report(report)
    if pareto is not None:
        check_folder(pareto)
    if source == "-":
        reading, version = qasm.load_with_report(source)
    else:
        with held:
            reading, version = qasm.load_with_report(source)
    for snap in reading.snapped if verbose else reading.snapped[:1]:
        more = (
            f" (and {len(reading.snapped) - 1} more: -v)" if len(reading.snapped) > 1 and not verbose else ""
        )
        say(f"{source}:{snap.line}: angle {snap.given!r}π read as {format_phase(snap.phase)}{more}", quiet)
    with progress_bar("optimising", quiet) as update, warnings.catch_warnings():
        # Said below, in one line each.
        warnings.simplefilter("ignore", PassFault)
        result = run(
            reading.circuit,
            cost=cost,
            budget=0.0 if held.noted else budget,
            effort=effort.value,
            seed=seed,
            allow_unverified=allow_unverified,
            hadamard_gadgets=hadamard_gadgets,
            coupling=coupling,
            leave_out_below=leave_out_below,
            progress=lambda name, found: update(None, f"{name}, {wanted} {wanted.key(found)[0]:g}"),
        )
        approximation = result.approximation
        points: tuple[ParetoPoint[Circuit], ...] = ()
        if pareto is not None and not (result.interrupted or held.noted):
            from catenary.rewriting.circuits.pareto import ParetoPoint, front_of, optimize_pareto

            given = reading.circuit if approximation is None else approximation.circuit
            points = optimize_pareto(given, budget=budget, effort=effort.value, seed=seed)
            if result.verified == "equal" and coupling is None:
                points = front_of([*points, ParetoPoint(str(wanted), result)])
    interrupted = result.interrupted or held.noted
    before, after = result.before.as_dict(), result.after.as_dict()
    final, placed = result.circuit, None
    gadgets = result.gadgets
    if gadgets is not None:
        fewer = gadgets.t < result.after.t
        if fewer and (allow_unverified or gadgets.verdict.answer == "equal"):
            final = gadgets.circuit
    if coupling is not None or native is not None:
        from catenary.commands import on_device

        final, placed = on_device(result, coupling, native, budget, seed)
    language = version if to is None else 3 if to is Language.qasm3 else 2
    text = qasm.dumps(final, language)
    if output is not None:
        write_text(output, text)
    elif not as_json:
        write_text("-", text)
    front: list[dict[str, Any]] = []
    if pareto is not None:
        from catenary.commands import write_front

        front = write_front(pareto, points, lambda circuit: qasm.dumps(circuit, language))
    if as_json:
        passes = [p.as_dict() | {"seconds": round(p.seconds, 4)} for p in result.passes]
        print_json(
            {"input": before, "output": after, "seconds": round(result.seconds, 4), "verified": result.verified,
             "cost": str(wanted), "effort": effort.value, "seed": seed, "passes": passes,
             "refused": [refused.as_dict() for refused in result.refused]}
            | ({} if approximation is None else {"approximation": approximation.as_dict()})
            | ({} if placed is None else {"routing": placed})
            | ({} if not hadamard_gadgets else {"hadamard_gadgets": None if gadgets is None else
               gadgets.as_dict() | {"written": final is gadgets.circuit}})
            | ({} if pareto is None else {"pareto": front})
        )  # fmt: skip
    shown = ", ".join(f"{key} {before[key]} → {after[key]}" for key in before)
    if approximation is not None:
        say(str(approximation), quiet or as_json)
    say(f"{shown}; verified {result.verified}; {result.seconds:.2f} s", quiet or as_json)
    if hadamard_gadgets:
        from catenary.commands import gadgets_text

        say(
            gadgets_text(gadgets, result.after.t, gadgets is not None and final is gadgets.circuit),
            quiet or as_json,
        )
    for point in front:
        say(f"{point['file']}: " + ", ".join(f"{key} {point[key]}" for key in after), quiet or as_json)
    if placed is not None:
        from catenary.commands import device_text

        say(device_text(placed), quiet or as_json)
    for refused in result.refused:
        if refused.is_fault:
            say(f"a fault in Catenary, left out of the result; please report it: {refused}", False)
        else:
            say(
                f"not used, as it could not be verified equal to the input: {refused.name} "
                "(--allow-unverified keeps it)",
                quiet,
            )
    if interrupted:
        say("interrupted: this is the best verified circuit so far", quiet)
    if verbose:
        for p in result.passes:
            mark = "kept" if p.kept else "not kept"
            say(f"  {p.name:28} {p.counts.as_dict()} {p.seconds:.3f} s, {mark}, certificate: {p.certificate}")
    if report is not None:
        from catenary.commands import optimization_report

        again = [
            "--cost",
            str(wanted),
            "--effort",
            effort.value,
            "--budget",
            f"{budget:g}",
            "--seed",
            str(seed),
            *([] if leave_out_below is None else ["--leave-out-below", repr(leave_out_below)]),
            *(["--hadamard-gadgets"] if hadamard_gadgets else []),
            *([] if coupling is None else ["--coupling", coupling]),
        ]
        optimization_report(source, reading.circuit, result, str(wanted), again).write(report)


@app.command()
def verify(
    first: Annotated[str, typer.Argument(metavar="A.qasm")],
    second: Annotated[str, typer.Argument(metavar="B.qasm")],
    budget: Budget = 10.0,
    seed: Annotated[int, typer.Option(help="Seed of the random inputs.")] = 0,
    initial: Annotated[
        str | None,
        typer.Option(
            help="For each input 0, 1 or ?: equal when it begins so; one character stands for all.",
            metavar="STATES",
        ),
    ] = None,
    ancillas: Annotated[
        int, typer.Option(min=0, help="So many last qubits of the wider circuit begin and end in |0⟩.")
    ] = 0,
    dirty: Annotated[
        int, typer.Option(min=0, help="So many last qubits of the wider circuit come back as they were.")
    ] = 0,
    up_to_permutation: Annotated[
        bool, typer.Option("--up-to-permutation", help="Equal if the outputs are in another order, too.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Tell whether two circuits are equal: exit 0 equal (up to global phase), 1 not equal (with a witness), 3 unknown."""
    from catenary.commands import verdict_dict, verdict_text
    from catenary.functors.circuits import qasm
    from catenary.rewriting.circuits import verify as run

    if first == second == "-":
        raise typer.BadParameter("only one of the two circuits can come from standard input")
    a, b = qasm.load(first), qasm.load(second)
    width = max(len(a.inputs), len(b.inputs))
    if ancillas + dirty > width:
        wanted = f"{ancillas} ancillas and {dirty} dirty ones"
        raise typer.BadParameter(f"{wanted} are more than the {width} qubits of the wider circuit")
    with progress_bar("verifying", quiet):
        if initial is not None and len(initial) == 1:
            initial *= width
        verdict = run(
            a,
            b,
            budget=budget,
            seed=seed,
            initial=initial,
            ancillas=ancillas,
            dirty=range(width - ancillas - dirty, width - ancillas),
            up_to_permutation=up_to_permutation,
        )
    if as_json:
        print_json(verdict_dict(verdict))
    else:
        typer.echo(verdict_text(verdict))
    raise typer.Exit({"equal": 0, "not equal": 1}.get(verdict.answer, 3))
