"""Whether an environment can come up, judged from moto's backends: the "asynchronous causes" of mwaa-behaviour.md §9.2.

AWS notices these only after half an hour, and then says no more than INCORRECT_CONFIGURATION. Each module here looks at
one part of what an environment depends on and yields what is wrong with it, in words that only the sandbox's own log sees.
"""
