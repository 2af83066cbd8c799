"""The rules of casework: calendars, policies, tickets, clocks and scores.

Pure by contract: nothing here reads a clock, a file, a network or a random source, so the same code serves
the durable workflow, the scenario runner, what-if simulation and the property tests. Only the standard
library and pydantic are imported; import-linter holds that.
"""
