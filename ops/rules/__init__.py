"""Tracing every rule of the table: where policies rest on it, which tests hold it, what is still to come."""
