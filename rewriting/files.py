"""JSON of rules, theories and proofs."""

from __future__ import annotations

from collections.abc import Mapping

from catenary.diagrams import CatenaryError
from catenary.diagrams.files import Form, Reader, Writer
from catenary.diagrams.files.forms import (
    read_equation,
    read_families,
    read_signature,
    write_equation,
    write_families,
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
    families = write_families(writer, [family.family for family in theory.families], theory.signature)
    signature = write_signature(writer, theory.signature)
    return {"name": theory.name, "signature": signature, "rules": rules, **families}


def _read_theory(reader: Reader, data: Json) -> Theory:
    reader.fields(data, dict.fromkeys(("name", "signature", "rules"), True) | {"families": False})
    signature = reader.at(data, "signature", read_signature)
    rules = reader.at(data, "rules", lambda r, d: r.each(d, lambda r, e: read_equation(r, e, signature)))
    families = read_families(reader, data, signature)
    return Theory(reader.at(data, "name", text), signature, [*rules, *families])


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
