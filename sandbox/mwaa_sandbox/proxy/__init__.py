"""A proxy between a process and what it talks to: it counts every call, and can end the process at any of them.

Knows nothing of MWAA, AWS or Kubernetes, but for what a Kubernetes watch is.
"""

from mwaa_sandbox.proxy.counting import CountingProxy
from mwaa_sandbox.proxy.journal import Call, Side, Trap
from mwaa_sandbox.proxy.upstream import Upstream

__all__ = ["Call", "CountingProxy", "Side", "Trap", "Upstream"]
