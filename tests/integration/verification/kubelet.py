"""Does what Kubernetes' Job controller and a kubelet do with a Job: the sandbox has neither."""

from __future__ import annotations

import base64
import json
import subprocess
import time

from mwaa_sandbox.process import clean_environment

WITHIN = 60
DIES = "dies"
"""What is given back by whatever happens in the cluster if the operator's process ends with it."""
NOW = "2026-11-26T03:00:00Z"


class Kubelet:
    """Makes the pods of Jobs in a namespace, and says how they ended."""

    def __init__(self, kubectl, folder):
        self._kubectl = kubectl
        self._folder = folder

    def job(self):
        """A Job that has not ended, once it and its Secret are there, which a pod waits for."""
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            secrets = {secret["metadata"]["name"] for secret in self._found("secrets")}
            waiting = [job for job in self._found("jobs") if not job.get("status", {}).get("conditions")]
            if waiting and waiting[0]["metadata"]["name"] in secrets:
                return waiting[0]
            time.sleep(0.05)
        raise AssertionError("there is no Job, or no Secret for it")

    def answers(self, result, *, code):
        """Have the Job's pod end with a result."""
        self._ended(self.job(), code, result if isinstance(result, str) else json.dumps(result))

    def runs(self, python):
        """Run the pod's command for real, by a Python, and have its pod end with what came of it."""
        job = self.job()
        [container] = job["spec"]["template"]["spec"]["containers"]
        folder, result = (
            self._folder / job["metadata"]["name"] / "work",
            self._folder / job["metadata"]["name"] / "result",
        )
        folder.mkdir(parents=True)
        places = {container["workingDir"]: str(folder), container["terminationMessagePath"]: str(result)}
        variables = {each["name"]: self._value(each) for each in container["env"]}
        interpreter, *arguments = container["command"]
        assert interpreter == "python"
        done = subprocess.run(
            [python, *arguments],
            env=clean_environment(**{name: places.get(value, value) for name, value in variables.items()}),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        text = result.read_text(encoding="utf-8") if result.exists() else ""
        self._ended(job, done.returncode, text)
        return done.stdout + done.stderr

    def _value(self, variable):
        if "value" in variable:
            return variable["value"]
        reference = variable["valueFrom"]["secretKeyRef"]
        [secret] = [each for each in self._found("secrets") if each["metadata"]["name"] == reference["name"]]
        return base64.b64decode(secret["data"][reference["key"]]).decode()

    def _found(self, kind):
        found = self._kubectl("get", kind, "--selector=mwaa-operator.dev/verification", "--output=json")
        return json.loads(found.stdout)["items"]

    def cannot_begin(self, reason, message):
        """Have the Job's pod wait for something."""
        self._made(self.job(), {"waiting": {"reason": reason, "message": message}}, "Pending")

    def _ended(self, job, code, message):
        terminated = {"exitCode": code, "reason": "Completed" if code == 0 else "Error", "message": message}
        self._made(job, {"terminated": terminated}, "Succeeded" if code == 0 else "Failed")
        kinds = ["SuccessCriteriaMet", "Complete"] if code == 0 else ["FailureTarget", "Failed"]
        ended = {"completionTime": NOW, "succeeded": 1} if code == 0 else {"failed": 1}
        conditions = [{"type": kind, "status": "True", "lastTransitionTime": NOW} for kind in kinds]
        self._status(f"job/{job['metadata']['name']}", {"startTime": NOW, "conditions": conditions, **ended})

    def _made(self, job, state, phase):
        """Make the Job's pod, unless it is there, and have its container be in a state."""
        name, template = job["metadata"]["name"], job["spec"]["template"]
        labels = {**template["metadata"]["labels"], "batch.kubernetes.io/job-name": name}
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"{name}-x", "labels": labels},
            "spec": template["spec"],
        }
        self._kubectl("apply", "--filename=-", input=json.dumps(pod))
        about = {"name": "airflow", "image": "airflow", "imageID": "airflow", "ready": False, "restartCount": 0}
        self._status(f"pod/{name}-x", {"phase": phase, "containerStatuses": [{**about, "state": state}]})

    def _status(self, what, status):
        patch = json.dumps({"status": status})
        self._kubectl("patch", what, "--subresource=status", "--type=merge", f"--patch={patch}")
