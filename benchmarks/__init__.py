"""Benchmarks: each module measures Catenary beside its peers in one run. ``python -m benchmarks NAME``."""
