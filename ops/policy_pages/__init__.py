"""A policy as a person would explain it: docs/policies/<id>.md, written from the YAML and the rule table."""
