"""A population for outages: an environment in each state that an outage may find one in, and what has to become of it."""

from __future__ import annotations


class Inhabitants:
    """Environments in all states that an outage may find them in.

    `lasting` is how long AWS is at work on those that it is at work on, in its own time. `outlasting` has it be at work on the one that
    it creates until after the outage, however long that is.
    """

    def __init__(self, world, outage, *, lasting, outlasting=False):
        self.outlasting = outlasting
        self.resting = world.environment(f"{outage}-resting", maxWorkers=5).apply()
        self.edited = world.environment(f"{outage}-edited", maxWorkers=5, allow={"UpdateEnvironment": 1}).apply()
        self.drifted = world.environment(f"{outage}-drifted", maxWorkers=5, allow={"UpdateEnvironment": 1}).apply()
        self.doomed = world.environment(f"{outage}-doomed").apply()
        self.updating = world.environment(f"{outage}-updating", maxWorkers=5, allow={"UpdateEnvironment": 1}).apply()
        self.going = world.environment(f"{outage}-going").apply()
        for each in (self.resting, self.edited, self.drifted, self.doomed, self.updating, self.going):
            each.wait_ready()
        self.creating = world.environment(f"{outage}-creating")
        if outlasting:
            self.creating.hold("create")
        else:
            self.creating.script("create", duration_seconds=lasting)
        self.updating.script("update", duration_seconds=lasting)
        self.going.script("delete", duration_seconds=lasting)
        self.creating.apply()
        self.updating.apply(maxWorkers=8)
        self.going.delete(wait=False)
        self.creating.wait_aws_status("CREATING")
        self.updating.wait_aws_status("UPDATING")
        self.going.wait_aws_status("DELETING")

    def meanwhile(self):
        """What happens to them while nobody can be told."""
        self.drifted.change_in_aws(MaxWorkers=3)

    def at_once(self):
        """What people and AWS do as soon as they can."""
        if self.outlasting:
            self.creating.come_to("AVAILABLE")
        self.edited.apply(maxWorkers=9)
        self.doomed.delete(wait=False)

    def settle(self):
        """All of them become what they are to be, with no call more than that takes."""
        for each in (self.resting, self.creating):
            each.wait_ready()
        for each, workers in ((self.edited, 9), (self.updating, 8), (self.drifted, 5)):
            each.world.until(lambda each=each, workers=workers: maximum(each) == workers, f"set {each.name} right")
            each.wait_ready()
            assert each.accepted("UpdateEnvironment") == [{"MaxWorkers": workers}]
        for each in (self.doomed, self.going):
            each.world.until(lambda each=each: not each.exists(), f"let {each.name} go")
            assert not each.is_in_aws()
            assert len(each.calls("DeleteEnvironment")) == 1
        for each in (self.resting, self.creating, self.edited, self.updating, self.drifted):
            assert len(each.calls("CreateEnvironment")) == 1
            assert each.condition("Ready")["status"] == "True"
        assert self.resting.accepted("UpdateEnvironment") == []


def maximum(environment):
    return environment.in_aws()["settings"]["MaxWorkers"]
