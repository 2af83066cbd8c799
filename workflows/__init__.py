"""Thin Temporal shells around the domain: they wait, decide, record, and hand out what follows."""
