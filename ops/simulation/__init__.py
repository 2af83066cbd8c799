"""What-if: tickets of the past under other rules.

A past ticket is a line of JSON with its own instants. It is run through the bare core under two policies: who
would have been in time, who late, which lamps would have been lit.
"""
