"""The signature of a diagram made of two, or why there is none; boxes as members of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catenary.diagrams.errors import CatenaryError, DoctrineError, SignatureError
from catenary.diagrams.signature import Doctrine, Signature, free
from catenary.diagrams.types import Ty

if TYPE_CHECKING:
    from catenary.diagrams.boxes import Box
    from catenary.diagrams.diagram import Diagram


def joined_signature(one: Diagram, other: Diagram) -> Signature:
    """The signature of a diagram made of both."""
    if one.signature is other.signature:
        return one.signature
    try:
        return one.signature.join(other.signature)
    except (SignatureError, DoctrineError):
        # One declared signature and one free: the generator is at fault, not the doctrine.
        for diagram, larger in ((one, other.signature), (other, one.signature)):
            if larger.generators and diagram.signature.generators is None:
                raise refusal(diagram, larger) from None
        raise


def refusal(diagram: Diagram, larger: Signature) -> CatenaryError:
    """Why a diagram is not one over a signature that does not include its own."""
    own = diagram.signature
    for box in diagram.boxes:
        if larger.generators is None or box.is_structural:
            continue
        if box.name not in larger.generators:
            return SignatureError(f"signature {larger.name} has no generator {box.name!r}: declare it there")
        if own.generators is None:
            return SignatureError(
                f"{box.name!r} is a box of the {own.name} signature, not the generator of {larger.name}: "
                f"take signature[{box.name!r}], or make it one by signature.declare(box)"
            )
    if not own.doctrine <= larger.doctrine:
        lacking = sorted(own.doctrine.operations - larger.doctrine.operations) or ["such adjoints"]
        needed = [d.value for d in Doctrine if own.doctrine <= d]
        return DoctrineError(" or ".join(lacking), f"{larger.doctrine.value} ({larger.name})", needed)
    return SignatureError(f"signature {larger.name} does not include signature {own.name}")


def declared_in(box: Box, signature: Signature) -> Box:
    """A box as a member of the signature of the diagram that it stands in, whose doctrine turns it."""
    return box if box.signature is signature else box.replace(signature=signature)


def is_plain(box: Box) -> bool:
    """Whether a box is a generator of the free symmetric signature."""
    return not box.is_structural and box.signature is free()


def reduced_box(box: Box, signature: Signature) -> Box:
    """The box with its adjoints identified as the signature's doctrine says."""
    reduce = signature.doctrine.reduce
    dom, cod = reduce(box.dom), reduce(box.cod)
    if dom is box.dom and cod is box.cod:
        return box
    data = tuple(reduce(item) if isinstance(item, Ty) else item for item in box.data)
    return box.replace(dom=dom, cod=cod, data=data)
