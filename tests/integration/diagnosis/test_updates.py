"""Updates that AWS takes back."""

from __future__ import annotations


def test_failed_update_names_what_the_containers_said_before_the_rollback(world):
    patient = world.patient("updated", startupScriptS3Path="startup.sh")
    patient.upload("startup.sh", "echo ready\n")
    patient.apply().wait_ready()

    patient.upload("startup.sh", "echo 'startup.sh: line 4: apt-get: command not found'\nexit 127\n")
    patient.request_reconcile()
    patient.wait_reason("Stalled", "UpdateFailed")
    first = patient.causes()[0]
    assert "apt-get: command not found" in first["evidence"]
    assert first["cause"] in patient.condition("Stalled")["message"]
    assert first["cause"] in patient.wait_told_why()

    patient.upload("startup.sh", "echo better\n")
    patient.request_reconcile()
    patient.wait_ready()
    assert patient.causes() == []
