"""Every version of every MwaaEnvironment that is stored while a test runs, held to what GitOps tools have to make of it."""

from __future__ import annotations

from mwaa_sandbox.cluster.recording import Recording

from tests.gitops.agreement import broken, described
from tests.integration.api import GROUP, api_of

KIND = "mwaaenvironments.mwaa-operator.dev"


class Recorder:
    """Records the objects of control planes, and judges each version once."""

    def __init__(self, judge, folder):
        self._judge, self._folder = judge, folder
        self._recordings = {}
        self._judged = {}
        self._tests = {}
        self._others = set()

    def follow(self, control_plane):
        """Record what is stored there from now on. The kind has to be there already."""
        if control_plane.server not in self._recordings:
            # Tests without an operator leave objects behind that go with their namespaces, some time.
            there = api_of(control_plane).ask("GET", f"{GROUP}/mwaaenvironments")["items"]
            self._others.update(each["metadata"]["uid"] for each in there)
            self._recordings[control_plane.server] = Recording.start(
                control_plane,
                KIND,
                namespace=None,
                log_file=self._folder / f"watch-{len(self._recordings)}.json",
                through_restarts=True,
            )

    def objections(self, test):
        """What is wrong with versions that were stored since the last time, in words.

        `test` is told to have made the objects that were not there before.
        """
        assert self._recordings, "a world has been made on a control plane that nobody follows"
        versions = [version for server in self._recordings for version in self._new_versions(server)]
        for each in versions:
            self._tests.setdefault(each["metadata"]["uid"], test)
        verdicts = self._judge(versions) if versions else []
        return [
            f"{self._tests[found['metadata']['uid']]}: not so: {'; '.join(rules)}\n{described(found, said)}"
            for found, said in zip(versions, verdicts, strict=True)
            if (rules := broken(found, said))
        ]

    def stop(self):
        """End the recordings. What was stored until now may still be judged."""
        for recording in self._recordings.values():
            recording.stop()

    def _new_versions(self, server):
        versions = self._recordings[server].versions()
        new = versions[self._judged.get(server, 0) :]
        self._judged[server] = len(versions)
        return [each for each in new if each["metadata"]["uid"] not in self._others]
