"""Pure decisions: what to do about an environment, given what was observed.

Everything here is a function from data to data. No I/O, no clock of its own, no randomness, no kopf and no boto3, so that each
decision can be tested with a table and replayed from a status.
"""
