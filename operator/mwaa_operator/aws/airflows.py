"""The Airflow of each environment, kept: with it the session and the rate, so that all parts of the process share them."""

import threading
from collections import OrderedDict

from mwaa_operator.aws.airflow_api import AirflowApi
from mwaa_operator.aws.call_rate import CallRate
from mwaa_operator.aws.sessions import Clients

MOST_KEPT = 1024
"""Those that were asked longest ago are let go of above this; they only lose a session."""


class Airflows:
    """Safe to use from many threads. `scale` is by how much AWS's time runs faster than ours."""

    def __init__(self, clients: Clients, *, scale: float = 1.0) -> None:
        self._clients = clients
        self._scale = scale
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[str, CallRate, AirflowApi]] = OrderedDict()

    def of(self, *, region: str, environment: str, version: str) -> AirflowApi:
        """The Airflow of an environment at a version; a changed version makes it anew. Raises AwsError where there is no client."""
        key = (region, environment)
        with self._lock:
            known, rate, api = self._kept.pop(key, ("", None, None))
            rate = rate or CallRate(scale=self._scale)
            if api is None or known != version:
                api = AirflowApi(self._clients, region=region, environment=environment, version=version, rate=rate)
            self._kept[key] = (version, rate, api)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return api
