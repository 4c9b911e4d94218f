"""The commands on sentences: parse, train and predict."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from catenary.console import (
    AsJson,
    Quiet,
    ReportFile,
    app,
    check_report,
    print_json,
    progress_bar,
    say,
)
from catenary.diagrams.textfile import check_writable, read_text, write_text


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


class ParseFormat(StrEnum):
    """What ``catenary parse`` writes."""

    text = "text"
    svg = "svg"
    json = "json"
    circuit = "circuit"
    qasm = "qasm"
    qasm3 = "qasm3"
    resources = "resources"


Shots = Annotated[int | None, typer.Option(min=1, help="Runs of each circuit; exact if not given.")]
Guess = Annotated[
    bool,
    typer.Option("--guess", help="Words that the lexicon lacks may be nouns, verbs, adjectives, adverbs."),
]
Rewrite = Annotated[
    str, typer.Option(help="Function words made of spiders: determiner,auxiliary,… or all.", metavar="RULES")
]


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
        say(note, quiet)
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

    check_writable(model)
    check_report(report)
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
    with progress_bar("training", quiet) as update:
        outcome = run_training(data, test, hold_out, options, lexicon, update, guess)
    if model is not None:
        outcome.model.save(model)
    if report is not None:
        outcome.report().write(report)
    if as_json:
        print_json(outcome.figures)
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
            print_json(
                {
                    "sentence": sentence,
                    "label": label,
                    "probabilities": dict(zip(found.classes, row, strict=True)),
                }
            )
        else:
            typer.echo(f"{label}\t{max(row):.3f}\t{sentence}")
