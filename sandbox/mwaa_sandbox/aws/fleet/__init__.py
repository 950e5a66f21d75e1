"""The containers of an environment: how many of them run, and how busy they are, at each moment of AWS-time (mwaa-behaviour.md §8).

Like an environment's state, all of it is worked out when somebody asks, from what was asked of Airflow and what was scripted: nothing runs
in the background, and two weeks of history cost no more than the moments at which something changed.
"""
