"""A simulated AWS on one port: moto's services, and in front of them a faithful Amazon MWAA of our own.

`mwaa/` is the simulated service, split as moto splits a backend. `control/` is what a test or a demo does to it from
outside: faults, latency, scripted outcomes, the call log and the HTTP API for all of these. The modules beside them
compose both with moto into one program. Nothing in here knows the operator: a fake that shares code with what it
tests proves nothing.
"""
