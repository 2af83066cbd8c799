"""Scenarios: a hotline office asks "what would the system do?" in one YAML file, and is told.

Two engines answer: the bare core, and the real workflow on a real Temporal server. For any scenario both
print the same lines.
"""
