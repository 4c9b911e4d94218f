"""How many sentences of the gold set each way of reading gets right.

A reading counts if it is right in full: see :mod:`benchmarks._gold`. The lexicon and the reader of dependency
trees were made with the development half alone. ``unknown`` counts sentences with a word that the starter
lexicon lacks; ``right_known`` is the share of the others that are right.

``python -m benchmarks.sentences_gold`` prints the sentences that are wrong, too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks._gold import Gold, faults, load
from catenary.diagrams import CatenaryError, MissingExtra, Ty, UnknownGenerator
from catenary.functors.grammar import Lexicon, Reading, parse

Way = Callable[[str], tuple[Reading, ...]]


def ways() -> dict[str, Way]:
    """The ways of reading that are installed."""
    lexicon = Lexicon.english()
    found: dict[str, Way] = {"lexicon": lambda text: parse(text, lexicon)}
    try:
        from catenary.functors.bridges.spacy import english_pipeline, parse_spacy

        nlp = english_pipeline()
        found["spacy"] = lambda text: parse_spacy(text, nlp)
    except MissingExtra:
        pass
    return found


def outcome(gold: Gold, way: Way) -> tuple[str, list[str]]:
    """``right``, ``wrong``, ``unread`` (no reading) or ``unknown`` (a word is not in the lexicon), and why."""
    try:
        readings = way(gold.text)
    except UnknownGenerator as error:
        return "unknown", [str(error)]
    except CatenaryError as error:
        return "unread", [str(error).splitlines()[0]]
    if len(readings) != 1 or readings[0].target != Ty("s"):
        return "wrong", [f"read as {', '.join(str(reading.target) for reading in readings)}"]
    found = faults(gold, readings[0])
    return ("wrong", found) if found else ("right", [])


def run(quick: bool = False) -> list[dict[str, Any]]:
    """One row for each way and half; the quick run looks at the development half alone."""
    rows: list[dict[str, Any]] = []
    found = ways()
    for name in ("lexicon", "spacy"):
        if name not in found:
            rows.append({"way": name, "half": "not installed"})
            continue
        for half in ("dev",) if quick else ("dev", "held-out"):
            mine = [gold for gold in load() if gold.half == half]
            counts = dict.fromkeys(("right", "wrong", "unread", "unknown"), 0)
            for gold in mine:
                counts[outcome(gold, found[name])[0]] += 1
            known = len(mine) - counts["unknown"]
            rows.append(
                {
                    "way": name,
                    "half": half,
                    "sentences": len(mine),
                    **counts,
                    "right_overall": counts["right"] / len(mine),
                    "right_known": counts["right"] / known,
                }
            )
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)
    for name, way in ways().items():
        for gold in load():
            verdict, why = outcome(gold, way)
            if verdict != "right":
                print(
                    f"{name:8} {gold.half:8} {gold.number:3}. {gold.text}: {verdict}: {'; '.join(why)[:200]}"
                )
