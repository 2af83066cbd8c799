"""What crosses the borders of processes.

Inputs and results of workflows and activities, bodies of the API.
"""
