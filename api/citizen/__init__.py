"""The citizen's page: submit a demand, follow it, rate it, take it back, object. It needs no JavaScript."""
