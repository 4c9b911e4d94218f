"""Functors: what a diagram means."""
