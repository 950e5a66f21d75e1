"""IAM as far as moto has none: judging requests by policies, simulating that, and enforcing it.

`patterns`, `context`, `conditions`, `documents` and `evaluation` are the engine: pure, and it knows neither moto nor HTTP.
It is our own, since no maintained Python library decides requests offline: policyuniverse, parliament, policy-sentry and
cloudsplaining read, lint or write policies; iam-ape and py-iam-expand expand them; principalmapper and iamspy, which do
decide, were last released in 2022.

`simulation*` answers IAM's two simulating operations. `actions*` say what each call needs, `authorization` makes checks of
it, `enforcement` holds callers to their policies, `refusals` words what they are told; `gate` puts all of it before moto
and MWAA.
"""
