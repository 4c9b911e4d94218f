"""Rewriting: which diagrams are equal, and which is cheapest."""
