"""The sequences: whatever people, AWS, the network and the operator's process can do, in any order."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from mwaa_operator.api.names import TAG_CLUSTER, TAG_NAME, TAG_NAMESPACE
from mwaa_operator.controller.store import Key
from mwaa_sandbox.aws.mwaa.statuses import OUTCOMES_OF, OperationKind, Outcome

from .convergence import orphans, settle, unexplained
from .faults import AwsFault, KubernetesFault
from .specs import BASE, SECRET, drifts, edited, edits, policies, specs
from .statements import CANARY, malformed
from .truth import name_in_aws
from .world import World

A, B, RIVAL = Key("data", "a"), Key("data", "b"), Key("rival", "c")
"""The rival claims the environment of the first."""
NAMES = ("a", "b")
counted = {"sequences": 0, "steps": 0, "passes": 0, "calls": 0}

keys = st.sampled_from([A, A, A, A, A, B, RIVAL])
names = st.sampled_from(["a", "a", "a", "b"])
moments = st.sampled_from([0.0, 0.01, 0.03, 0.1, 0.15, 0.3, 1.0, 3.0, 20.0])
whiles = st.sampled_from([60.0, 300.0, 900.0, 1800.0, 3600.0, 4 * 3600.0])
FAILED_UPDATES = sorted(OUTCOMES_OF[OperationKind.UPDATE] - {Outcome.SUCCESS, Outcome.STUCK})
pauses = st.one_of(st.just(0.0), moments, whiles)


def happens(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """A rule after which some time passes, or none: things happen in the middle of a pass, of an operation, or at rest."""

    def decorated(what: Callable[..., None]) -> Any:
        @functools.wraps(what)
        def then_time_passes(self: Sequence, then: float, **values: Any) -> None:
            what(self, **values)
            self.world.wait(then)

        return rule(then=pauses, **drawn)(then_time_passes)

    return decorated


class Sequence(RuleBasedStateMachine):
    """One world, from its beginning to its rest."""

    world: World

    @initialize(seed=st.integers(0, 2**16), spec=specs(), settled=st.booleans())
    def begin(self, seed: int, spec: dict[str, Any], settled: bool) -> None:
        self.world = World(seed=seed)
        self.world.set_secret(A.namespace, *SECRET, f"{CANARY}-0")
        if self.world.apply(A, spec) and settled:
            self.world.wait(2 * 3600.0)

    # Time ---------------------------------------------------------------------------------------------------------

    @rule(seconds=moments)
    def a_moment_passes(self, seconds: float) -> None:
        self.world.wait(seconds)

    @rule(seconds=whiles)
    def a_while_passes(self, seconds: float) -> None:
        self.world.wait(seconds)

    # People -------------------------------------------------------------------------------------------------------

    @happens(key=keys, spec=specs())
    def applies(self, key: Key, spec: dict[str, Any]) -> None:
        if key not in self.world.api.objects:
            self.world.apply(key, {**spec, "name": "a"} if key == RIVAL else spec)

    @happens(key=keys, changes=edits())
    def edits_the_spec(self, key: Key, changes: dict[str, Any]) -> None:
        self.edits_now(key, changes)

    def edits_now(self, key: Key, changes: dict[str, Any]) -> None:
        if key in self.world.api.objects:
            self.world.apply(key, edited(self.world.api.objects[key]["spec"], changes))

    @happens(changes=edits())
    def edits_the_first(self, changes: dict[str, Any]) -> None:
        self.edits_now(A, changes)

    @happens(changes=edits(), outcome=st.sampled_from(FAILED_UPDATES))
    def edits_it_so_that_it_fails(self, changes: dict[str, Any], outcome: Outcome) -> None:
        self.world.aws.script(OperationKind.UPDATE, outcome)
        self.edits_now(A, changes)

    @happens(key=keys, chosen=policies)
    def changes_policies(self, key: Key, chosen: dict[str, Any]) -> None:
        if key in self.world.api.objects:
            self.world.apply(key, {**self.world.api.objects[key]["spec"], "policies": chosen})

    @happens(key=keys)
    def deletes(self, key: Key) -> None:
        self.world.delete(key)

    @happens(key=keys, paused=st.sampled_from(["true", None]))
    def pauses(self, key: Key, paused: str | None) -> None:
        self.world.annotate(key, paused=paused)

    @happens(key=keys)
    def asks_again(self, key: Key) -> None:
        self.world.ask_again(key)

    @happens(key=keys)
    def approves(self, key: Key) -> None:
        self.world.approve(key)

    @happens(number=st.sampled_from([None, 1, 2, 3]))
    def changes_the_secret(self, number: int | None) -> None:
        self.world.set_secret(A.namespace, *SECRET, None if number is None else f"{CANARY}-{number}")

    @happens(
        path=st.sampled_from(["requirements.txt", "plugins.zip"]), version=st.sampled_from([None, "v2", "v3", "v4"])
    )
    def uploads(self, path: str, version: str | None) -> None:
        self.world.upload(path, version)

    # AWS ----------------------------------------------------------------------------------------------------------

    @happens(name=names, members=drifts)
    def drifts(self, name: str, members: dict[str, Any]) -> None:
        self.world.drifts(name, **members)

    @happens(name=names, workers=st.integers(4, 7))
    def somebody_else_updates(self, name: str, workers: int) -> None:
        self.world.others_call("UpdateEnvironment", {"Name": name, "MaxWorkers": workers})

    @happens(name=names)
    def somebody_else_deletes(self, name: str) -> None:
        self.world.others_call("DeleteEnvironment", {"Name": name})

    @happens(name=names)
    def vanishes(self, name: str) -> None:
        if self.world.aws.vanish(name):
            self.world.journal.reason(name)

    @happens(name=names, subnet=st.sampled_from(["subnet-2", "subnet-3"]), failing=st.booleans())
    def somebody_else_creates(self, name: str, subnet: str, failing: bool) -> None:
        network = {"SubnetIds": ["subnet-1", subnet], "SecurityGroupIds": ["sg-1"]}
        request = {
            "Name": name,
            "SourceBucketArn": BASE["sourceBucketArn"],
            "DagS3Path": "dags",
            "ExecutionRoleArn": BASE["executionRoleArn"],
            "NetworkConfiguration": network,
        }
        if failing:
            self.world.aws.script(OperationKind.CREATE, Outcome.CREATE_FAILED)
        self.world.others_call("CreateEnvironment", request)

    @happens(name=names, whose=st.sampled_from(["nobody", "another"]))
    def changes_the_owner_tags(self, name: str, whose: str) -> None:
        ghost = {TAG_CLUSTER: "cluster-2", TAG_NAMESPACE: "data", TAG_NAME: "ghost"}
        if self.world.aws.patch(name, Tags={} if whose == "nobody" else ghost):
            self.world.journal.reason(name)

    @happens(name=names)
    def goes_into_maintenance(self, name: str) -> None:
        self.world.aws.start_maintenance(name)

    @happens(data=st.data(), kind=st.sampled_from([OperationKind.CREATE, OperationKind.UPDATE]))
    def will_fail(self, data: st.DataObject, kind: OperationKind) -> None:
        outcomes = sorted(OUTCOMES_OF[kind] - {Outcome.SUCCESS, Outcome.STUCK})
        self.world.aws.script(kind, data.draw(st.sampled_from(outcomes)))

    @happens()
    def will_succeed_and_change_nothing(self) -> None:
        self.world.forgets()

    @happens()
    def endpoints_are_made(self) -> None:
        self.world.aws.surroundings.endpoints = True

    @happens(seconds=st.sampled_from([20.0, 120.0, 900.0]))
    def the_role_is_new(self, seconds: float) -> None:
        self.world.aws.surroundings.role_known_at = self.world.loop.time() + seconds

    @happens(seconds=st.sampled_from([0.0, 5.0, 60.0]))
    def reads_lag_behind_writes(self, seconds: float) -> None:
        self.world.aws.read_lag = seconds

    # The network ----------------------------------------------------------------------------------------------------

    @happens(kind=st.sampled_from(AwsFault), share=st.sampled_from([0.3, 1.0]), seconds=whiles)
    def aws_storms(self, kind: AwsFault, share: float, seconds: float) -> None:
        self.world.weather.aws[kind] = (share, self.world.loop.time() + seconds)

    @happens(kind=st.sampled_from(AwsFault))
    def next_call_goes_wrong(self, kind: AwsFault) -> None:
        self.world.weather.next_mutation = kind

    @happens(
        kind=st.sampled_from(KubernetesFault), share=st.sampled_from([0.3, 1.0]), seconds=st.sampled_from([5.0, 60.0])
    )
    def api_server_storms(self, kind: KubernetesFault, share: float, seconds: float) -> None:
        self.world.weather.kubernetes[kind] = (share, self.world.loop.time() + seconds)

    @happens(kind=st.sampled_from(KubernetesFault))
    def next_write_goes_wrong(self, kind: KubernetesFault) -> None:
        self.world.weather.next_write = kind

    @happens(watch=st.sampled_from([0.0, 0.05, 2.0, 30.0]), aws=st.sampled_from([0.0, 0.1, 5.0, 30.0]))
    def gets_slow(self, watch: float, aws: float) -> None:
        self.world.watch_lag, self.world.aws_seconds = watch, aws

    # The operator's process -----------------------------------------------------------------------------------------

    @happens()
    def restarts(self) -> None:
        self.world.restart_operator()

    @precondition(lambda self: self.world.operator is not None)
    @happens(calls=st.integers(1, 12), after_effect=st.booleans())
    def dies_soon(self, calls: int, after_effect: bool) -> None:
        self.world.dies_in(calls, after_effect=after_effect)

    @happens()
    def is_down(self) -> None:
        self.world.stop_operator()

    @precondition(lambda self: self.world.operator is None)
    @rule()
    def comes_up(self) -> None:
        self.world.restart_operator()

    # What always holds ------------------------------------------------------------------------------------------------

    @invariant()
    def nothing_went_wrong(self) -> None:
        counted["steps"] += 1
        wrong = list(self.world.journal.wrong)
        wrong += [text for body in self.world.api.objects.values() if "status" in body for text in malformed(body)]
        wrong += orphans(self.world)
        assert not wrong, "\n".join(wrong)

    def teardown(self) -> None:
        """Come to rest, then delete everything and come to rest again."""
        world = getattr(self, "world", None)
        if world is None:
            return
        try:
            if world.journal.wrong:
                return  # it has been said
            settle(world)
            wrong = [*world.journal.wrong, *unexplained(world)]
            note(f"at rest: {[(str(key), name_in_aws(body)) for key, body in world.api.objects.items()]}")
            assert not wrong, "in the end: " + "\n".join(wrong)
            for key in list(world.api.objects):
                world.annotate(key, paused=None)
                world.delete(key)
            settle(world)
            wrong = [*world.journal.wrong, *unexplained(world)]
            assert not wrong, "after everything was deleted: " + "\n".join(wrong)
        finally:
            counted["sequences"] += 1
            counted["passes"] += world.passes
            counted["calls"] += world.journal.calls
            world.close()
