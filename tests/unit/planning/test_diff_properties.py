"""The law of the difference: sent to AWS as it documents its calls, it leaves no difference (design §4.3).

`Aws` below is written from `mwaa-behaviour.md` §3.1 alone and shares no code with the operator.
"""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from mwaa_operator.planning.desired import Desired
from mwaa_operator.planning.diff import Difference, Remembered, difference

OWNED = {"mwaa-operator.dev/name": "env"}


def apply(observed: Mapping[str, Any], found: Difference) -> dict[str, Any]:
    """UpdateEnvironment, TagResource and UntagResource as AWS documents them."""
    after = dict(observed)
    for name, value in found.update.items():
        if name == "NetworkConfiguration":
            assert set(value) == {"SecurityGroupIds"}, "the only member that UpdateEnvironment takes"
            after[name] = {**after.get(name, {}), **value}
        elif name == "Teams":
            assert set(value) <= {"AddOrUpdate", "Remove"}
            left = {team: member for team, member in after.get(name, {}).items() if team not in value.get("Remove", [])}
            after[name] = {**left, **value.get("AddOrUpdate", {})}
        elif name == "LoggingConfiguration":
            assert all(set(module) == {"Enabled", "LogLevel"} for module in value.values())
            after[name] = {**after.get(name, {}), **value}
        else:
            assert name not in {"KmsKey", "EndpointManagement", "Name", "Tags"}
            after[name] = value
    tags = {**after.get("Tags", {}), **found.tags_to_set}
    after["Tags"] = {key: value for key, value in tags.items() if key not in found.tags_to_remove}
    return after


words = st.sampled_from(["a", "b", "c"])
numbers = st.integers(1, 4)
modules = st.sampled_from(["DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs"])
logging = st.dictionaries(
    modules, st.fixed_dictionaries({"Enabled": st.booleans(), "LogLevel": st.sampled_from(["INFO", "ERROR"])})
)
logging_observed = st.dictionaries(
    modules,
    st.fixed_dictionaries(
        {"Enabled": st.booleans(), "LogLevel": st.sampled_from(["INFO", "ERROR"])},
        optional={"CloudWatchLogGroupArn": st.just("arn:aws:logs:eu-west-1:123456789012:log-group:x")},
    ),
)
options = st.dictionaries(st.sampled_from(["core.a", "core.b", "smtp.c"]), words)
options_observed = st.dictionaries(st.sampled_from(["core.a", "core.b", "smtp.c"]), words | st.just("***"))
teams = st.dictionaries(
    st.sampled_from(["blue", "red", "green"]), st.fixed_dictionaries({"SourceBucketArn": words, "DagS3Path": words})
)
identity_center = st.dictionaries(st.sampled_from(["StartUrl", "IdentityStoreId"]), words)
groups = st.lists(words, min_size=1, max_size=3, unique=True)
network = st.fixed_dictionaries({"SubnetIds": st.just(["subnet-1", "subnet-2"]), "SecurityGroupIds": groups})
scalars = {"MaxWorkers": numbers, "MinWorkers": numbers, "EnvironmentClass": words, "AirflowVersion": words}
files = {"RequirementsS3Path": words, "RequirementsS3ObjectVersion": words}
tags = st.dictionaries(st.sampled_from(["team", "cost", "owner"]), words)

desired = st.builds(
    lambda fields, tags: Desired(name="env", fields=fields, tags=tags),
    st.fixed_dictionaries(
        {"NetworkConfiguration": network},
        optional={
            **scalars,
            **files,
            "LoggingConfiguration": logging,
            "AirflowConfigurationOptions": options,
            "Teams": teams,
            "IdentityCenterConfiguration": identity_center,
        },
    ),
    tags,
)
observed = st.fixed_dictionaries(
    {"NetworkConfiguration": network, "Tags": tags},
    optional={
        **scalars,
        **files,
        "LoggingConfiguration": logging_observed,
        "AirflowConfigurationOptions": options_observed,
        "Teams": teams,
        "IdentityCenterConfiguration": identity_center,
    },
)
remembered = st.builds(
    Remembered,
    fields=st.frozensets(st.sampled_from(["AirflowConfigurationOptions", "Teams", "MaxWorkers", "EnvironmentClass"])),
    tag_keys=st.frozensets(st.sampled_from(["team", "cost", "owner"])),
    options_current=st.sampled_from([None, True, False]),
)


def diff(desired: Desired, observed: Mapping[str, Any], remembered: Remembered) -> Difference:
    return difference(desired, observed, owned_tags=OWNED, remembered=remembered)


@settings(deadline=None)  # of the machine's load nothing is to be learned
@given(desired, observed, remembered)
def test_applying_the_difference_leaves_none(desired, observed, remembered):
    after = apply(observed, diff(desired, observed, remembered))
    # Once the update has succeeded, the options that were sent are the ones that are remembered.
    settled = Remembered(fields=remembered.fields, tag_keys=remembered.tag_keys, options_current=True)
    second = diff(desired, after, settled)
    assert second.empty
    assert second.changes == ()


@settings(deadline=None)  # of the machine's load nothing is to be learned
@given(desired, observed, remembered)
def test_applying_the_difference_gives_what_the_spec_asks_for(desired, observed, remembered):
    after = apply(observed, diff(desired, observed, remembered))
    for name, value in desired.fields.items():
        if name == "NetworkConfiguration":
            assert set(after[name]["SecurityGroupIds"]) == set(value["SecurityGroupIds"])
        elif name == "LoggingConfiguration":
            for module, state in value.items():
                assert {key: after[name][module][key] for key in state} == state
        elif name == "AirflowConfigurationOptions":
            got = after.get(name, {})
            assert got.keys() == value.keys()
            assert all(got[key] in {value[key], "***"} for key in value)
        elif name == "IdentityCenterConfiguration":
            assert all(after[name][key] == member for key, member in value.items())
        else:
            assert after.get(name, {}) == value
    assert {**desired.tags, **OWNED}.items() <= after["Tags"].items()


@settings(deadline=None)  # of the machine's load nothing is to be learned
@given(desired, observed, remembered)
def test_only_what_the_spec_names_or_once_named_is_sent(desired, observed, remembered):
    update = diff(desired, observed, remembered).update
    assert set(update) <= set(desired.fields) | (remembered.fields & {"AirflowConfigurationOptions", "Teams"})


@settings(deadline=None)  # of the machine's load nothing is to be learned
@given(desired, observed, remembered)
def test_what_is_equal_is_not_sent(desired, observed, remembered):
    update = diff(desired, observed, remembered).update
    for name in scalars.keys() & update.keys():
        assert observed.get(name) != update[name]


@settings(deadline=None)  # of the machine's load nothing is to be learned
@given(desired, observed, remembered)
def test_tags_of_others_are_never_removed(desired, observed, remembered):
    found = diff(desired, observed, remembered)
    assert set(found.tags_to_remove) <= remembered.tag_keys - desired.tags.keys()
    assert not OWNED.keys() & set(found.tags_to_remove)


@settings(deadline=None)  # of the machine's load nothing is to be learned
@given(desired, observed, remembered)
def test_every_member_that_is_sent_is_announced_as_a_change(desired, observed, remembered):
    found = diff(desired, observed, remembered)
    assert bool(found.update) == any(not change.field.startswith("tags.") for change in found.changes)
