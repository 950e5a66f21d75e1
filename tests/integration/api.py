"""The API server as an administrator asks it over one kept connection.

A test that waits looks many times, and each kubectl takes a tenth of a second of CPU to start, to find out what kinds there
are, and to connect. What kubectl itself makes of the operator's kinds is held by tests of its own (schema, gitops, kubectl).
"""

from __future__ import annotations

import functools
import http.client
import json
import ssl
import threading
from urllib.parse import urlencode, urlsplit

import yaml

SECONDS = 60
GROUP = "/apis/mwaa-operator.dev/v1alpha1"
CORE = "/api/v1"
_CONTENT = {
    "PATCH": "application/merge-patch+json",
    "APPLY": "application/apply-patch+yaml",
}


class ApiError(Exception):
    """The API server refused. `status` is HTTP's."""

    def __init__(self, method, path, status, text):
        super().__init__(f"{method} {path}: HTTP {status}: {text}")
        self.status = status


class Api:
    """Raises ApiError for a refusal, and OSError where nobody answers. May be used by several threads."""

    def __init__(self, control_plane):
        user = yaml.safe_load(control_plane.kubeconfig.read_text())["users"][0]["user"]
        self._headers = {"Authorization": f"Bearer {user['token']}", "Accept": "application/json"}
        self._place = urlsplit(control_plane.server)
        self._context = ssl.create_default_context(cafile=control_plane.ca_file)
        self._lock = threading.Lock()
        self._connection = None

    def get(self, path, **query):
        """What is there, None if nothing is."""
        try:
            return self.ask("GET", path, **query)
        except ApiError as error:
            if error.status != 404:
                raise
        return None

    def ask(self, method, path, body=None, **query):
        """Ask for something to be done. The method APPLY is a PATCH that applies, as `kubectl apply --server-side` does."""
        target = f"{path}?{urlencode(query)}" if query else path
        content = None if body is None else json.dumps(body)
        headers = {**self._headers, "Content-Type": _CONTENT.get(method, "application/json")}
        with self._lock:
            answer, text = self._answer("PATCH" if method == "APPLY" else method, target, content, headers)
        if answer.status >= 400:
            raise ApiError(method, target, answer.status, text.decode())
        return json.loads(text)

    def _answer(self, *request):
        if self._connection is not None:
            try:
                return self._once(*request)
            except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLError):
                self._close()  # the API server was started again since the last question
        self._connection = http.client.HTTPSConnection(
            self._place.hostname, self._place.port, timeout=SECONDS, context=self._context
        )
        try:
            return self._once(*request)
        except BaseException:
            self._close()
            raise

    def _once(self, method, target, content, headers):
        self._connection.request(method, target, body=content, headers=headers)
        answer = self._connection.getresponse()
        return answer, answer.read()

    def _close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@functools.cache
def api_of(control_plane):
    """The one API of a control plane that all share."""
    return Api(control_plane)


class Namespace:
    """What an administrator sees and does in one namespace."""

    def __init__(self, api, name):
        self._api, self.name = api, name

    def make(self):
        self._api.ask("POST", f"{CORE}/namespaces", {"metadata": {"name": self.name}})

    def remove(self):
        """Have it deleted, without waiting until it is gone."""
        self._api.ask("DELETE", f"{CORE}/namespaces/{self.name}")

    def get(self, kind, name):
        """An object of one of the operator's kinds, by their plural; None if it is not there."""
        return self._api.get(f"{self._all(kind)}/{name}")

    def list(self, kind):
        """All objects of one of the operator's kinds."""
        return self._api.ask("GET", self._all(kind))["items"]

    def apply(self, kind, document):
        """Apply an object, and take over what somebody else has set of it."""
        name = document["metadata"]["name"]
        self._api.ask("APPLY", f"{self._all(kind)}/{name}", document, fieldManager="tests", force="true")

    def delete(self, kind, name):
        """Have an object deleted, if it is there, without waiting until it is gone."""
        try:
            self._api.ask("DELETE", f"{self._all(kind)}/{name}")
        except ApiError as error:
            if error.status != 404:
                raise

    def patch(self, kind, name, patch):
        """Merge something into an object."""
        self._api.ask("PATCH", f"{self._all(kind)}/{name}", patch)

    def delete_all(self, kind):
        """Have all objects of a kind deleted, without waiting until they are gone."""
        self._api.ask("DELETE", self._all(kind))

    def events(self, **involved):
        """The events about an object, given by fields: `events(name="one")`."""
        selector = ",".join(f"involvedObject.{field}={value}" for field, value in involved.items())
        return self._api.ask("GET", f"{CORE}/namespaces/{self.name}/events", fieldSelector=selector)["items"]

    def _all(self, kind):
        return f"{GROUP}/namespaces/{self.name}/{kind}"
