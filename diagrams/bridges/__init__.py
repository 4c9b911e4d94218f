"""Bridges from diagrams to other libraries, one module each, imported when used."""
