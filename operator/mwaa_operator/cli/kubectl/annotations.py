"""`kubectl mwaa pause`, `resume` and `reconcile`: the operator's annotations, in words."""

import secrets
from collections.abc import Iterable
from typing import Annotated

import typer

from mwaa_operator.api.names import ANNOTATION_PAUSED, ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import RESOURCE, Answer, Cluster
from mwaa_operator.cli.kubectl.endings import ProblemError
from mwaa_operator.cli.kubectl.options import Context, Format, Kubeconfig, Names, Namespace, Output
from mwaa_operator.cli.kubectl.output import emit, note

Document = view.Document


def pause(
    *,
    names: Names,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Have the operator change nothing in AWS for these environments, until `resume`."""
    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    done, problems = _annotated(cluster, names, ANNOTATION_PAUSED, "true")
    _tell(done, " is paused: nothing is changed in AWS, deletion included, until `kubectl mwaa resume`.", output)
    _complain(problems)


def resume(
    *,
    names: Names,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Have the operator go on with these environments."""
    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    done, problems = _annotated(cluster, names, ANNOTATION_PAUSED, None)
    _tell(done, " goes on.", output)
    _complain(problems)


def reconcile(
    *,
    names: Names,
    wait: Annotated[bool, typer.Option("--wait", help="Come back when the operator has looked.")] = False,
    timeout: Annotated[int, typer.Option(help="Seconds to wait at most.", min=1)] = 60,
    namespace: Namespace = None,
    output: Output = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Have the operator look now, and try again what it had given up."""
    cluster = Cluster(namespace=namespace, context=context, kubeconfig=kubeconfig)
    now = view.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    # Two requests of the same second are two requests.
    value = f"{now}.{secrets.token_hex(3)}"
    done, problems = _annotated(cluster, names, ANNOTATION_RECONCILE_REQUESTED_AT, value)
    looked_at = [each for each in done if _looks_at(each)]
    if wait:
        handled = f"--for=jsonpath={{.status.lastHandledReconcileAt}}={value}"
        resources = [f"{RESOURCE}/{each['metadata']['name']}" for each in looked_at]
        waits = [cluster.ask("wait", each, handled, f"--timeout={timeout}s", "--output=json") for each in resources]
        looked_at, late = _answered(waits)
        problems += late
    if output:
        after = {each["metadata"]["uid"]: each for each in looked_at}
        done = [after.get(each["metadata"]["uid"], each) for each in done]
    _tell(done if output else looked_at, f": the operator {'has looked' if wait else 'was asked to look'}.", output)
    _complain(problems)


def _annotated(
    cluster: Cluster, names: Iterable[str], annotation: str, value: str | None
) -> tuple[list[Document], list[ProblemError]]:
    """The objects after it, and what went wrong with the others. All are asked for before the first is waited for."""
    return _answered([cluster.annotate(name, annotation, value) for name in names])


def _answered(answers: Iterable[Answer]) -> tuple[list[Document], list[ProblemError]]:
    done: list[Document] = []
    problems: list[ProblemError] = []
    for answer in answers:
        try:
            done.append(answer.json())
        except ProblemError as problem:
            problems.append(problem)
    return done, problems


def _tell(done: Iterable[Document], what: str, output: Format | None) -> None:
    if output:
        emit({"items": list(done)}, output)
        return
    for each in done:
        note(f"{each['metadata']['name']}{what}")


def _complain(problems: Iterable[ProblemError]) -> None:
    """One that cannot be reached does not keep the others from being told about."""
    told = dict.fromkeys(map(str, problems))
    if told:
        raise ProblemError("\n".join(told))


def _looks_at(document: Document) -> bool:
    """Whether the operator will look at it; says so where it will not."""
    metadata = document["metadata"]
    if (metadata.get("annotations") or {}).get(ANNOTATION_PAUSED) != "true":
        return True
    note(f"{metadata['name']} is paused, so nobody looks before `kubectl mwaa resume {view.named(document)}`.")
    return False
