"""The kinds of rotations that tests run over."""

import pytest

from tests.optimiser.random_circuits import ALL_KINDS


@pytest.fixture(params=ALL_KINDS, ids=["clifford+t", "angles", "symbols", "clifford"])
def kinds(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The rotations that random circuits hold."""
    chosen: tuple[str, ...] = request.param
    return chosen
