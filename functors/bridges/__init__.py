"""Bridges to other libraries: one adapter module each, imported when used."""
