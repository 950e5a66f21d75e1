"""What an environment stands on and the operator can make itself: bucket, network, role, log groups, endpoints.

One file decides about each.
"""
