"""JSON of rules, theories and proofs."""

from __future__ import annotations

from collections.abc import Mapping

from catenary.diagrams import CatenaryError
from catenary.diagrams.files import Form, Reader, Writer
from catenary.diagrams.files.forms import (
    read_equation,
    read_signature,
    write_equation,
    write_signature,
)
from catenary.diagrams.files.reader import Json, text
from catenary.rewriting.proof import Proof
from catenary.rewriting.rule import Rule
from catenary.rewriting.theory import Theory


def _write_rule(writer: Writer, rule: Rule) -> dict[str, Json]:
    return write_equation(writer, rule.equation)


def _read_rule(reader: Reader, data: Json) -> Rule:
    return Rule.of(read_equation(reader, data))


def _write_theory(writer: Writer, theory: Theory) -> dict[str, Json]:
    rules = [write_equation(writer, rule.equation, theory.signature) for rule in theory.rules]
    return {"name": theory.name, "signature": write_signature(writer, theory.signature), "rules": rules}


def _read_theory(reader: Reader, data: Json) -> Theory:
    reader.fields(data, dict.fromkeys(("name", "signature", "rules"), True))
    signature = reader.at(data, "signature", read_signature)
    rules = reader.at(data, "rules", lambda r, d: r.each(d, lambda r, e: read_equation(r, e, signature)))
    return Theory(reader.at(data, "name", text), signature, rules)


def _write_proof(_: Writer, proof: Proof) -> dict[str, Json]:
    return proof.to_json()


def _read_proof(reader: Reader, data: Json) -> Proof:
    try:
        return Proof.from_json({"schema": "catenary/proof", "version": 1, **data}, reader.source)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        if isinstance(error, CatenaryError):
            raise
        reader.fail(f"not a proof: {error!r:.100}")


FORMS: Mapping[str, Form] = {
    "rule": Form(Rule, _write_rule, _read_rule),
    "theory": Form(Theory, _write_theory, _read_theory),
    "proof": Form(Proof, _write_proof, _read_proof),
}
"""The forms of this room's classes, by schema: what :func:`catenary.diagrams.files.to_json` takes as more."""
