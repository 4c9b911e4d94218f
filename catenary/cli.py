"""The ``catenary`` command.

Data go to standard output, messages to standard error. Exit codes: 0 done (equal, all proved), 1 a negative answer (not equal,
refuted), 2 bad usage or bad input, 3 no answer within the limits, 130 interrupted.
"""

from __future__ import annotations

import io
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from catenary import __version__
from catenary.diagrams import CatenaryError, LimitReached
from catenary.diagrams.phases import format_phase
from catenary.diagrams.textfile import check_folder, check_writable, read_text, write_text

if TYPE_CHECKING:
    from catenary.functors.circuits import Circuit
    from catenary.rewriting.circuits import ParetoPoint


class _Commands(TyperGroup):
    """The commands, ended in order when they are interrupted, or when nobody reads or can hold their output."""

    def invoke(self, ctx: Any) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:
            typer.echo("catenary: interrupted", err=True)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            code = 0
        except OSError as error:
            typer.echo(
                f"catenary: {error.filename or 'standard output'}: {error.strerror or error}", err=True
            )
            code = 2
        # What is still in the buffer goes nowhere: the interpreter would complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(code)


app = typer.Typer(
    name="catenary",
    cls=_Commands,
    help="String diagrams that compute: sentences, quantum circuits, and your own monoidal theories.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Effort(StrEnum):
    """How long the optimiser searches."""

    quick = "quick"
    normal = "normal"
    exhaustive = "exhaustive"


class Fallback(StrEnum):
    """Readings for text that the grammar does not reach."""

    cups = "cups"
    stairs = "stairs"
    spiders = "spiders"
    bag = "bag"


class Parser(StrEnum):
    """Ways to read a sentence."""

    lexicon = "lexicon"
    spacy = "spacy"


Shots = Annotated[int | None, typer.Option(min=1, help="Runs of each circuit; exact if not given.")]
Guess = Annotated[
    bool,
    typer.Option("--guess", help="Words that the lexicon lacks may be nouns, verbs, adjectives, adverbs."),
]
Rewrite = Annotated[
    str, typer.Option(help="Function words made of spiders: determiner,auxiliary,… or all.", metavar="RULES")
]


class ParseFormat(StrEnum):
    """What ``catenary parse`` writes."""

    text = "text"
    svg = "svg"
    json = "json"
    circuit = "circuit"
    qasm = "qasm"
    qasm3 = "qasm3"
    resources = "resources"


class Language(StrEnum):
    """What circuits are written in."""

    qasm2 = "qasm2"
    qasm3 = "qasm3"


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No messages on standard error.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
ReportFile = Annotated[
    str | None, typer.Option("--report", help="Write an HTML report here.", metavar="OUT.html")
]
Budget = Annotated[float, typer.Option(min=0.0, max=1e6, help="Seconds to spend.", metavar="SECONDS")]


def _say(message: str, quiet: bool = False) -> None:
    if not quiet:
        typer.echo(message, err=True)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"catenary {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """String diagrams that compute: sentences, quantum circuits, and your own monoidal theories."""


Progress = Callable[[float | None, str], None]
"""Called with the part that is done (``None`` where that is not known) and what is being worked on."""


@contextmanager
def _progress(label: str, quiet: bool) -> Iterator[Progress]:
    """A progress bar on standard error, if that is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, message: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)

        def update(done: float | None, message: str) -> None:
            bar.update(
                task, completed=done, total=None if done is None else 1.0, description=f"{label}: {message}"
            )

        yield update


@app.command()
def tour(
    sentence: Annotated[
        str, typer.Argument(help="A sentence over the built-in lexicon.")
    ] = "Alice who loves Bob sleeps",
    output: Annotated[
        str, typer.Option("-o", "--output", help="The HTML page to write.")
    ] = "catenary-tour.html",
    quiet: Quiet = False,
) -> None:
    """Run the main job on one sentence and one theory, and write a page with every picture."""
    from catenary.tour import run

    check_writable(output)
    report = run(sentence, say=typer.echo)
    report.write(output)
    _say(f"pictures of every stage: {output}", quiet)


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
            help="Route the result on a device: line:5, ring:6, grid:2x3, edges 0-1,1-2, or a .json file of pairs.",
            metavar="MAP",
        ),
    ] = None,
    native: Annotated[
        str | None,
        typer.Option(help="Write the result over these gates, such as rz,sx,x,cx.", metavar="GATES"),
    ] = None,
    as_json: AsJson = False,
    report: ReportFile = None,
    allow_unverified: Annotated[
        bool, typer.Option(help="Write the result even if it could not be verified equal.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make a circuit cheaper, never worse, and verify the result."""
    from catenary.functors.circuits import qasm
    from catenary.rewriting.circuits import PassFault
    from catenary.rewriting.circuits import optimize as run
    from catenary.rewriting.circuits.costs import Cost

    try:
        wanted = Cost.of(cost)
    except ValueError as error:
        raise typer.BadParameter(f"--cost: {error}") from None
    if as_json and output == "-":
        raise typer.BadParameter("--json and the circuit cannot both go to standard output: give -o a file")
    check_writable(output, report)
    if pareto is not None:
        check_folder(pareto)
    reading, version = qasm.load_with_report(source)
    for snap in reading.snapped if verbose else reading.snapped[:1]:
        more = (
            f" (and {len(reading.snapped) - 1} more: -v)" if len(reading.snapped) > 1 and not verbose else ""
        )
        _say(f"{source}:{snap.line}: angle {snap.given!r}π read as {format_phase(snap.phase)}{more}", quiet)
    with _progress("optimising", quiet) as update, warnings.catch_warnings():
        # Said below, in one line each.
        warnings.simplefilter("ignore", PassFault)
        result = run(
            reading.circuit,
            cost=cost,
            budget=budget,
            effort=effort.value,
            seed=seed,
            allow_unverified=allow_unverified,
            progress=lambda name, found: update(None, f"{name}, {wanted} {wanted.key(found)[0]:g}"),
        )
        points: tuple[ParetoPoint[Circuit], ...] = ()
        if pareto is not None and not result.interrupted:
            from catenary.rewriting.circuits import optimize_pareto

            points = optimize_pareto(reading.circuit, budget=budget, effort=effort.value, seed=seed)
    before, after = result.before.as_dict(), result.after.as_dict()
    final, placed = result.circuit, None
    if coupling is not None or native is not None:
        from catenary.commands import on_device

        final, placed = on_device(final, coupling, native, budget, seed)
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
        _print_json(
            {"input": before, "output": after, "seconds": round(result.seconds, 4), "verified": result.verified,
             "cost": str(wanted), "effort": effort.value, "seed": seed, "passes": passes,
             "refused": [refused.as_dict() for refused in result.refused]}
            | ({} if placed is None else {"routing": placed})
            | ({} if pareto is None else {"pareto": front})
        )  # fmt: skip
    shown = ", ".join(f"{key} {before[key]} → {after[key]}" for key in before)
    _say(f"{shown}; verified {result.verified}; {result.seconds:.2f} s", quiet or as_json)
    for point in front:
        _say(f"{point['file']}: " + ", ".join(f"{key} {point[key]}" for key in after), quiet or as_json)
    if placed is not None:
        from catenary.commands import device_text

        _say(device_text(placed), quiet or as_json)
    for refused in result.refused:
        if refused.is_fault:
            _say(f"a fault in Catenary, left out of the result; please report it: {refused}", False)
        else:
            _say(
                f"not used, as it could not be verified equal to the input: {refused.name} "
                "(--allow-unverified keeps it)",
                quiet,
            )
    if result.interrupted:
        _say("interrupted: this is the best verified circuit so far", quiet)
    if verbose:
        for p in result.passes:
            mark = "kept" if p.kept else "not kept"
            _say(
                f"  {p.name:28} {p.counts.as_dict()} {p.seconds:.3f} s, {mark}, certificate: {p.certificate}"
            )
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
    with _progress("verifying", quiet):
        width = max(len(a.inputs), len(b.inputs))
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
        _print_json(verdict_dict(verdict))
    else:
        typer.echo(verdict_text(verdict))
    raise typer.Exit({"equal": 0, "not equal": 1}.get(verdict.answer, 3))


@app.command()
def parse(
    sentence: Annotated[str, typer.Argument(help="The sentence, - for standard input.")],
    lexicon: Annotated[str | None, typer.Option(help="Lexicon file; built-in English if not given.")] = None,
    target: Annotated[str, typer.Option(help="The type to reduce to.")] = "s",
    parser: Annotated[
        Parser, typer.Option("--with", help="What finds the grammar: the lexicon, or spaCy (extra spacy).")
    ] = Parser.lexicon,
    reading: Annotated[
        Fallback | None,
        typer.Option(help="Read without grammar: a chain of cups, stairs, or a bag of words."),
    ] = None,
    guess: Guess = False,
    rewrite: Rewrite = "",
    ansatz: Annotated[str, typer.Option(help="Ansatz for circuits.")] = "iqp",
    to: Annotated[ParseFormat, typer.Option(help="What to write.")] = ParseFormat.text,
    output: Annotated[str, typer.Option("-o", "--output", help="Where to write it.")] = "-",
    seed: Annotated[int, typer.Option(help="Seed of the angles that qasm needs.")] = 0,
    quiet: Quiet = False,
) -> None:
    """Parse a sentence to a pregroup diagram, its picture, or its circuit."""
    from catenary.functors.grammar import Lexicon, Reading, load_lexicon, parse_type
    from catenary.functors.grammar import parse as run

    if sentence == lexicon == "-":
        raise typer.BadParameter("only one of the sentence and the lexicon can come from standard input")
    text = read_text("-", "a sentence", max_bytes=1_000_000)[0] if sentence == "-" else sentence
    found: Reading
    if parser is Parser.spacy:
        from catenary.functors.bridges.spacy import parse_spacy

        if lexicon is not None or reading is not None or guess:
            problem = "spaCy reads without a lexicon: leave out --lexicon, --reading and --guess"
            raise typer.BadParameter(problem)
        found, *others = parse_spacy(text, target=parse_type(target, source="--target"))
        if others:
            raise typer.BadParameter(f"{len(others) + 1} sentences: give one at a time")
    else:
        words = Lexicon.english() if lexicon is None else load_lexicon(lexicon)
        words = words.guessing() if guess and not words.unknown else words
        found = run(text, words, target=target, reading=None if reading is None else reading.value)[0]
    for note in found.notes:
        _say(note, quiet)
    from catenary.commands import render_reading
    from catenary.functors.grammar.rewrites import rewritten, rule_names

    found = rewritten(found, rule_names(rewrite))

    write_text(output, render_reading(found, to.value, ansatz, seed))


@app.command()
def train(
    data: Annotated[
        str | None,
        typer.Argument(
            help="Labelled sentences: lines 'label  sentence', .csv or .tsv; a built-in task if not given.",
            metavar="[DATA]",
        ),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Write the trained model here.", metavar="OUT.json")
    ] = None,
    test: Annotated[str | None, typer.Option(help="Sentences to judge it by.", metavar="DATA")] = None,
    hold_out: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Part of DATA to judge it by instead.")
    ] = 0.2,
    lexicon: Annotated[str | None, typer.Option(help="Lexicon file; built-in English if not given.")] = None,
    target: Annotated[str, typer.Option(help="The type that sentences reduce to.")] = "s",
    reading: Annotated[Fallback | None, typer.Option(help="Read all sentences without grammar.")] = None,
    otherwise: Annotated[
        Fallback | None, typer.Option(help="Reading of sentences that the grammar does not reach.")
    ] = None,
    guess: Guess = False,
    rewrite: Rewrite = "",
    ansatz: Annotated[
        str, typer.Option(help="Ansatz: iqp, sim1 … sim19, …, or of tensors: tensor, mps, spider.")
    ] = "iqp",
    layers: Annotated[int, typer.Option(min=0, max=64, help="Layers of a circuit ansatz.")] = 1,
    dim: Annotated[int, typer.Option(min=1, max=64, help="Dimension of types, of a tensor ansatz.")] = 2,
    bond: Annotated[int, typer.Option(min=1, max=64, help="Dimension of bonds, of mps.")] = 2,
    optimiser: Annotated[
        str, typer.Option(help="adam, parameter_shift, spsa, rotosolve or nelder_mead.")
    ] = "adam",
    shots: Shots = None,
    depolarising: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Noise after every gate of the machine.")
    ] = 0.0,
    damping: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Amplitude damping after every gate.")
    ] = 0.0,
    readout: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Probability that a measured bit is misread.")
    ] = 0.0,
    epochs: Annotated[int, typer.Option(min=0, max=1_000_000, help="Passes over the sentences.")] = 120,
    batch: Annotated[int | None, typer.Option(min=1, help="Sentences a step; all if not given.")] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Epochs without a better loss after which to stop.")
    ] = None,
    unseen: Annotated[
        str, typer.Option(help="Words without weights: 'average' of their type, 'unknown', or 'error'.")
    ] = "average",
    checkpoint: Annotated[
        str | None, typer.Option(help="Write the state here, and go on from it.", metavar="FILE")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of every random choice.")] = 0,
    as_json: AsJson = False,
    report: ReportFile = None,
    quiet: Quiet = False,
) -> None:
    """Train a classifier of sentences, and say how well it does."""
    from catenary.functors.grammar import parse_type
    from catenary.functors.grammar.rewrites import rule_names
    from catenary.functors.training import NoiseModel, make_ansatz
    from catenary.functors.training.optimisers import optimiser_named
    from catenary.training import run_training

    check_writable(model, report)
    options: dict[str, Any] = {
        "ansatz": make_ansatz(ansatz, layers=layers, dims=dim, bond=bond),
        "rewrite": rule_names(rewrite),
        "noise": NoiseModel(depolarising, damping=damping, readout=readout)
        if depolarising or damping or readout
        else None,
        "shots": shots,
        "target": parse_type(target),
        "reading": None if reading is None else reading.value,
        "otherwise": None if otherwise is None else otherwise.value,
        "optimiser": optimiser_named(optimiser),
        "epochs": epochs,
        "batch": batch,
        "patience": patience,
        "unseen": unseen,
        "checkpoint": checkpoint,
        "seed": seed,
    }
    with _progress("training", quiet) as update:
        outcome = run_training(data, test, hold_out, options, lexicon, update, guess)
    if model is not None:
        outcome.model.save(model)
    if report is not None:
        outcome.report().write(report)
    if as_json:
        _print_json(outcome.figures)
    else:
        typer.echo(outcome.text())


@app.command()
def predict(
    model: Annotated[str, typer.Argument(help="A model that catenary train wrote.", metavar="MODEL.json")],
    sentences: Annotated[
        list[str] | None, typer.Argument(help="Sentences; from standard input, one a line, if none is given.")
    ] = None,
    shots: Shots = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the shots.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Print the class of sentences, with its probability."""
    from catenary.functors.training import Model

    if model == "-" and not sentences:
        raise typer.BadParameter("only one of the model and the sentences can come from standard input")
    found = Model.load(model)
    rows = sentences or [
        line for line in read_text("-", "sentences", max_bytes=2**26)[0].splitlines() if line.strip()
    ]
    chances = found.predict_proba(rows, shots=shots, seed=seed)
    for sentence, row in zip(rows, chances.tolist(), strict=True):
        label = found.classes[max(range(len(row)), key=row.__getitem__)]
        if as_json:
            _print_json(
                {
                    "sentence": sentence,
                    "label": label,
                    "probabilities": dict(zip(found.classes, row, strict=True)),
                }
            )
        else:
            typer.echo(f"{label}\t{max(row):.3f}\t{sentence}")


@app.command()
def prove(
    theory: Annotated[str, typer.Argument(help="Theory file, - for standard input.", metavar="THEORY_FILE")],
    names: Annotated[list[str] | None, typer.Argument(help="Claims to prove; all if none is named.")] = None,
    budget: Annotated[
        float, typer.Option(min=0.0, max=1e6, help="Seconds to spend on each claim.", metavar="SECONDS")
    ] = 60.0,
    as_json: AsJson = False,
    report: ReportFile = None,
    quiet: Quiet = False,
) -> None:
    """Prove claims of a theory file: exit 0 all proved, 1 one refuted, 3 no proof within the limits."""
    from catenary.commands import prove_claims

    check_writable(report)
    with _progress("proving", quiet) as update:
        outcome = prove_claims(theory, names or [], budget, update)
    if as_json:
        _print_json(outcome.as_dict())
    else:
        for line in outcome.lines():
            typer.echo(line)
    if report is not None:
        outcome.write(report)
    raise typer.Exit(outcome.exit_code)


@app.command()
def draw(
    source: Annotated[
        str, typer.Argument(help="Theory file or OpenQASM file, - for standard input.", metavar="FILE")
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            help="OUT.svg, .png, .pdf, .tex or .txt; - for text. Circuits: .svg or .txt.",
            metavar="OUT",
        ),
    ] = "-",
    name: Annotated[
        str | None, typer.Option(help="The diagram, axiom or claim to draw; all if not given.")
    ] = None,
) -> None:
    """Draw the diagrams of a file."""
    from catenary.commands import draw_file

    draw_file(source, output, name)


def main() -> None:
    """Entry point: run the command, and turn Catenary's errors into one message and exit code 2 (3 for a limit)."""
    # A stream that the caller closed is None; what is written is UTF-8 whatever the locale, as files are.
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except CatenaryError as error:
        typer.echo(f"catenary: {error}", err=True)
        sys.exit(3 if isinstance(error, LimitReached) else 2)
