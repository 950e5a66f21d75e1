"""Nothing of an option's value gets out: values that can be recognised are lived with through all that goes wrong, then looked for.

Every request body that the operator sent to Kubernetes is in the API server's audit log, so what stood in a status for a moment is
found as well as what stands there at the end.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.parse

import pytest
from mwaa_sandbox.aws.process import DEFAULT_REGION
from mwaa_sandbox.cluster import ControlPlane, ensure_assets
from mwaa_sandbox.cluster.audit import AuditLog

from tests.integration.world import install

USER = "system:serviceaccount:mwaa-operator-system:mwaa-operator"
PASSWORD = "smtp.smtp_password"
MASKED_BY_NOBODY = "smtp.smtp_user"
PLAIN = "core.note"
NAME = "canary"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


class Canary:
    """Values that all have one word in them, and where that word is found, whatever it is wrapped in."""

    def __init__(self):
        self.word = f"c4n4ry{secrets.token_hex(8)}"
        self.values = []

    def value(self):
        self.values.append(f"{self.word}-{len(self.values)} \"quoted\" 'twice' /+&=<>%\\")
        return self.values[-1]

    def found_in(self, text):
        """The forms in which it is there, and what stands around it."""
        found = [(kind, text.find(form)) for kind, form in self._forms()]
        return [f"{kind}: {text[max(at - 200, 0) : at + 100]}" for kind, at in found if at >= 0]

    def _forms(self):
        yield "as it is", self.word
        yield "hexadecimal", self.word.encode().hex()
        yield "percent-encoded", "".join(f"%{byte:02X}" for byte in self.word.encode())
        for before in range(3):
            encoded = base64.b64encode(b"\0" * before + self.word.encode()).decode()
            unsure = {0: 0, 1: 3, 2: 2}[(before + len(self.word)) % 3]
            yield "base64", encoded[(0, 2, 3)[before] : len(encoded) - unsure]
        for value in self.values:
            for content in (value, json.dumps(value)):
                for algorithm in ("md5", "sha1", "sha256"):
                    digest = hashlib.new(algorithm, content.encode(), usedforsecurity=False)
                    yield f"{algorithm} without a key", digest.hexdigest()[:16]


class Story:
    """An environment's life, and what the operator had to say of it."""

    def __init__(self, world, canary):
        self.world, self.canary = world, canary
        self.metrics, self.said = [], []

    def live(self):
        self._created_through_faults()
        self._updated_through_faults()
        self._refused_in_so_many_words()
        self._failed_in_so_many_words()
        self._waited_for_approval()
        self._drifted()
        self._killed()
        self._led_astray()
        self._stopped()

    def _created_through_faults(self):
        self.world.start(LOG_LEVEL="DEBUG")
        for kind in ("throttle", "error5xx", "html"):
            self._fault(kind, "CreateEnvironment", count=3)  # as often as boto3 tries
        self._fault("connection_reset", "CreateEnvironment", count=1)
        self._secret(user=self.canary.value(), password=self.canary.value())
        quoted = self.canary.values[-1]
        self._fault("validation", "CreateEnvironment", count=1, message=f"The role cannot read {quoted}.")
        self._fault("access_denied", "CreateEnvironment", count=1, message=f"Not with {json.dumps(quoted)}.")
        self._fault("lost_answer", "CreateEnvironment", count=1)
        self._apply()
        self.world.wait_ready(NAME)

    def _updated_through_faults(self):
        for kind in ("throttle", "error5xx", "html"):
            self._fault(kind, "UpdateEnvironment", count=3)
            self._fault(kind, "GetEnvironment", count=3)
        self._fault("lost_answer", "UpdateEnvironment", count=1)
        self._change_password()

    def _refused_in_so_many_words(self):
        refused, name = self.canary.value(), self.canary.values[0]
        self._fault(
            "validation",
            "UpdateEnvironment",
            count=1,
            message=f"2 validation errors detected: Value '{refused}' at 'airflowConfigurationOptions' failed to satisfy "
            f"constraint; Value '{urllib.parse.quote(name, safe='')}' at 'name' as well",
        )
        self._secret(user=name, password=refused)
        self._hear(self.world.wait_reason(NAME, "Stalled", "InvalidConfiguration"))

    def _failed_in_so_many_words(self):
        failing = self.canary.value()
        self.world.aws.admin.script_outcome(
            "update",
            "rolled_back_update_failed",
            account=self.world.account,
            environment=NAME,
            error={"code": "INCORRECT_CONFIGURATION", "message": f"Airflow did not start with {failing}"},
        )
        self._secret(user=self.canary.values[0], password=failing)
        self._hear(self.world.wait_reason(NAME, "Stalled", "UpdateFailed"))
        self._change_password()

    def _waited_for_approval(self):
        self._apply(policies={"update": {"approval": "Manual"}})
        self._secret(user=self.canary.value(), password=self.canary.value())
        self.world.wait_reason(NAME, "Synced", "WaitingForApproval")
        self._apply(note=self.canary.value())
        self.world.wait_option(NAME, PASSWORD, self.canary.values[-2])

    def _drifted(self):
        options = {PLAIN: self.canary.value(), MASKED_BY_NOBODY: self.canary.value()}
        self.world.aws.admin.patch_environment(
            self.world.account, DEFAULT_REGION, NAME, AirflowConfigurationOptions=options
        )
        self.world.kubectl("annotate", f"mwaa/{NAME}", "mwaa-operator.dev/reconcile-requested-at=drift")
        self.world.until(lambda: self.world.options(NAME).get(PLAIN) not in {None, options[PLAIN]}, "correct the drift")
        self.world.wait_ready(NAME)

    def _killed(self):
        self.metrics.append(self.world.operator.get("/metrics"))
        before = self.world.updates(NAME)
        self._secret(user=self.canary.value(), password=self.canary.value())
        self.world.until(lambda: self.world.updates(NAME) > before, "update")
        self.world.operator.kill()
        self.world.start(LOG_LEVEL="DEBUG", LOG_FORMAT="json", LEADER_ELECTION="true")
        self.world.wait_ready(NAME)

    def _led_astray(self):
        self._secret(user=self.canary.values[0], password=f"{self.canary.value()}\n")
        self.world.wait_reason(NAME, "Stalled", "InvalidConfiguration")
        self.world.kubectl(
            "patch", f"mwaa/{NAME}", "--type=merge", f"--patch={json.dumps(_wrongly_typed(self.canary))}", check=False
        )
        self.world.delete_secret("canary")
        self.world.wait_reason(NAME, "Stalled", "SecretNotFound")
        self._secret(user=self.canary.values[0], password=self.canary.value())
        self.world.wait_option(NAME, PASSWORD, self.canary.values[-1])

    def _stopped(self):
        self.metrics.append(self.world.operator.get("/metrics"))
        cluster = self.world.control_plane
        self.kept = {
            "events": cluster.kubectl("get", "events", "--all-namespaces", "--output=json").stdout,
            "leases": cluster.kubectl("get", "leases", "--all-namespaces", "--output=json").stdout,
            "the operator's own Secrets": cluster.kubectl(
                "get", "secrets", "--namespace=mwaa-operator-system", "--output=json"
            ).stdout,
            "the object without its spec": json.dumps(_without_spec(self.world.get(NAME))),
        }
        self.world.kubectl("delete", f"mwaa/{NAME}", timeout=60)
        assert self.world.operator.stop() == 0

    def _apply(self, note=None, **spec):
        note = note or self.canary.value()
        options = {PASSWORD: ("canary", "password"), MASKED_BY_NOBODY: ("canary", "user")}
        self.world.apply(NAME, options, airflowConfigurationOptions={PLAIN: note}, **spec)

    def _secret(self, **values):
        self.world.put_secret("canary", **values)

    def _change_password(self):
        self._secret(user=self.canary.values[0], password=self.canary.value())
        self.world.wait_option(NAME, PASSWORD, self.canary.values[-1])

    def _fault(self, kind, operation, **more):
        self.world.aws.admin.add_fault(
            kind, service="airflow", operation=operation, account=self.world.account, environment=NAME, **more
        )

    def _hear(self, condition):
        self.said.append(condition["message"])


def _wrongly_typed(canary):
    """Refused by the API server; if it were not, the operator would have to speak of it."""
    return {"spec": {"airflowConfigurationOptions": {PLAIN: [canary.value()]}}}


def _without_spec(body):
    annotations = body["metadata"].get("annotations", {})
    annotations.pop("kubectl.kubernetes.io/last-applied-configuration", None)
    return {name: member for name, member in body.items() if name != "spec"}


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """A control plane of one's own, and the log of all that the operator sends to it."""
    audit = AuditLog(
        tmp_path_factory.mktemp("audit"), user=USER, bodies_of=["", "mwaa-operator.dev", "coordination.k8s.io"]
    )
    with ControlPlane.start(assets=ensure_assets(), api_server_flags=audit.flags()) as cluster:
        install(cluster)
        yield cluster, audit


@pytest.fixture(scope="module")
def story(audited, new_world):
    cluster, _ = audited
    world = new_world(cluster)
    world.allow_secrets()
    told = Story(world, Canary())
    told.live()
    return told


@pytest.fixture(scope="module")
def written(audited, story):
    """All that the operator wrote, by where."""
    _, audit = audited
    sent = [request.body for request in audit.requests() if request.body]
    return {
        "the log": story.world.log_file.read_text(encoding="utf-8"),
        "what it sent to Kubernetes": json.dumps(sent),
        "metrics": "\n".join(story.metrics),
        **story.kept,
    }


@pytest.mark.parametrize(
    "where",
    [
        "the log",
        "what it sent to Kubernetes",
        "metrics",
        "events",
        "leases",
        "the operator's own Secrets",
        "the object without its spec",
    ],
)
def test_no_value_is_found_in(written, story, where):
    assert len(written[where]) > 200, "there is nothing to search"
    assert story.canary.found_in(written[where]) == []


def test_words_of_aws_that_quote_a_value_are_shown_without_it(story):
    refused, failed = story.said
    assert "Value '***' at 'airflowConfigurationOptions' failed to satisfy constraint" in refused
    assert "Value '***' at 'name' as well" in refused
    assert "Airflow did not start with ***" in failed


def test_log_was_a_talkative_one(written):
    """Searching it would prove little otherwise."""
    for word in (
        "AWS call failed",
        "ValidationException",
        "ThrottlingException",
        "calling AWS",
        '"reason": "Deleting"',
    ):
        assert word in written["the log"]
    for reason in ("UpdateFailed", "InvalidConfiguration", "WaitingForApproval", "SecretNotFound"):
        assert reason in written["what it sent to Kubernetes"]


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda value: f"say {value}.",
        lambda value: json.dumps({"a": value}),
        lambda value: repr([value]),
        lambda value: urllib.parse.quote_plus(f"a={value}"),
        lambda value: base64.b64encode(f"{value}".encode()).decode(),
        lambda value: base64.b64encode(f"{{{value}".encode()).decode(),
        lambda value: base64.b64encode(f"a:{value}".encode()).decode(),
        lambda value: hashlib.sha256(value.encode()).hexdigest(),
    ],
    ids=["plain", "JSON", "repr", "URL", "base64", "base64 after 1", "base64 after 2", "hash"],
)
def test_value_would_be_found_in_any_wrapping(wrapped):
    canary = Canary()
    assert canary.found_in(wrapped(canary.value())) != []
