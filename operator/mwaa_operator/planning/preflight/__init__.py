"""Checks before a call to AWS that takes half an hour and then fails without saying why."""
