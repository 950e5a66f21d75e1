"""Amazon MWAA, simulated: what `mwaa-behaviour.md` knows of the service, as a state machine, rules and a wire format.

Split as moto splits a service: models (`lifecycle`, `settings`, `rules`, `backend`), responses (the wire) and urls.
Where the facts are silent this service is strict, so that a client which passes here has little to fear from AWS.
"""
