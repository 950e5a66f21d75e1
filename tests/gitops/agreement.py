"""What has to be true of every version of a MwaaEnvironment and of what Argo CD and kstatus say of it.

The rules are about what both mean, not about how the health script comes to it: they read the conditions themselves.
"""

from __future__ import annotations

import json

SAME_MEANING = {
    ("Healthy", "Current"),
    ("Progressing", "InProgress"),
    ("Progressing", "Terminating"),  # Argo CD has no word for it.
    ("Degraded", "Failed"),
    # kstatus has no word for what waits for somebody: it says whether the environment is Ready for what it runs.
    ("Suspended", "Current"),
    ("Suspended", "InProgress"),
}
HELD_BACK = {"Paused", "WaitingForApproval", "WaitingForWindow"}
"""Reasons of Synced for which an edit waits for somebody."""
LEFT_ALONE = {"Observing", "Drifted"}
"""Reasons of Ready for which a difference stays, because the spec says so."""


class Judged:
    """One version of an object with both verdicts."""

    def __init__(self, found, verdicts):
        self.found, self.verdicts = found, verdicts
        self.argo, self.kstatus = verdicts["argo"]["status"], verdicts["kstatus"]["status"]
        self.messages = [verdicts[judge]["message"] for judge in ("argo", "kstatus")]
        self.status = found.get("status", {})
        self.conditions = {each["type"]: each for each in self.status.get("conditions", [])}
        self.is_going = "deletionTimestamp" in found["metadata"]
        self.is_seen = self.status.get("observedGeneration") == found["metadata"]["generation"]

    @property
    def is_told_of(self):
        """Whether the operator has had its say on the latest generation, and the object is to stay."""
        return self.is_seen and not self.is_going

    def says(self, kind):
        """A condition's status and reason; empty words if there is none of that type."""
        found = self.conditions.get(kind, {})
        return found.get("status", ""), found.get("reason", "")

    def is_true(self, kind):
        return self.says(kind)[0] == "True"

    @property
    def waits_for_somebody(self):
        """As manifests/argocd/README.md says of Suspended."""
        synced, held_back = self.says("Synced")
        ready, left_alone = self.says("Ready")
        return not self.is_true("Reconciling") and (
            (synced != "True" and held_back in HELD_BACK) or (ready != "True" and left_alone in LEFT_ALONE)
        )


RULES = {
    "neither meets with an error": lambda it: "error" not in it.verdicts,
    "both have something to say": lambda it: all(it.messages),
    "both mean the same": lambda it: (it.argo, it.kstatus) in SAME_MEANING,
    # By the default of the status, an observedGeneration that no object has: kstatus takes one without a status for finished.
    "it has a status from the first on": lambda it: "observedGeneration" in it.status,
    "what the operator has not seen is progress": lambda it: it.is_seen or it.argo == "Progressing",
    "it is terminating exactly while it is being deleted": lambda it: (it.kstatus == "Terminating") == it.is_going,
    "what is being deleted is progress": lambda it: not it.is_going or it.argo == "Progressing",
    "healthy and current only if it is ready": lambda it: (
        not it.is_told_of or it.is_true("Ready") or (it.argo != "Healthy" and it.kstatus != "Current")
    ),
    "degraded exactly while it is stalled": lambda it: (
        (it.argo == "Degraded") == (it.is_told_of and it.is_true("Stalled"))
    ),
    "progress exactly while it is reconciling": lambda it: (
        not it.is_told_of or (it.argo == "Progressing") == it.is_true("Reconciling")
    ),
    "suspended exactly while it waits for somebody": lambda it: (
        (it.argo == "Suspended") == (it.is_told_of and not it.is_true("Stalled") and it.waits_for_somebody)
    ),
    "Argo CD shows what a condition says": lambda it: (
        not it.is_told_of or it.messages[0] in {each["message"] for each in it.conditions.values()}
    ),
}
"""Each is true of a version, or the version is one that no user should see."""


def broken(found, verdicts):
    """The names of the rules that a version breaks."""
    judged = Judged(found, verdicts)
    return [name for name, holds in RULES.items() if not holds(judged)]


def described(found, verdicts):
    """A version as somebody needs it who wants to know why a rule is broken."""
    metadata, status = found["metadata"], found.get("status", {})
    conditions = [
        "  {type}={status} {reason} (generation {observedGeneration}): {message}".format_map(
            {"observedGeneration": "?"} | each
        )
        for each in status.get("conditions", [])
    ]
    going = ", being deleted" if "deletionTimestamp" in metadata else ""
    version = f"version {metadata.get('resourceVersion')}, generation {metadata['generation']}"
    seen = f"of which the operator has seen {status.get('observedGeneration')}"
    return "\n".join(
        [
            f"{metadata['namespace']}/{metadata['name']}, {version}, {seen}{going}",
            *(conditions or ["  without conditions"]),
            f"  Argo CD and kstatus say: {json.dumps(verdicts)}",
        ]
    )
