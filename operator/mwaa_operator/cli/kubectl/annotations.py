"""`kubectl mwaa pause`, `resume` and `reconcile`: the operator's annotations, in words."""

import secrets
from collections.abc import Iterable
from typing import Annotated

import typer

from mwaa_operator.api.names import ANNOTATION_PAUSED, ANNOTATION_RECONCILE_REQUESTED_AT
from mwaa_operator.cli.kubectl import view
from mwaa_operator.cli.kubectl.cluster import RESOURCE, Cluster
from mwaa_operator.cli.kubectl.options import Context, Kubeconfig, Names, Namespace, Output
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
    done = _annotated(cluster, names, ANNOTATION_PAUSED, "true")
    if output:
        emit({"items": done}, output)
        return
    for each in done:
        note(
            f"{each['metadata']['name']} is paused: nothing is changed in AWS, deletion included, until `kubectl mwaa resume`."
        )


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
    done = _annotated(cluster, names, ANNOTATION_PAUSED, None)
    if output:
        emit({"items": done}, output)
        return
    for each in done:
        note(f"{each['metadata']['name']} goes on.")


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
    done = _annotated(cluster, names, ANNOTATION_RECONCILE_REQUESTED_AT, value)
    waiting = [name for name, each in zip(names, done, strict=True) if _looks_at(each)] if wait else []
    handled = f"--for=jsonpath={{.status.lastHandledReconcileAt}}={value}"
    for answer in [cluster.ask("wait", f"{RESOURCE}/{name}", handled, f"--timeout={timeout}s") for name in waiting]:
        answer.text()
    if output:
        emit({"items": [cluster.environment(name).json() for name in names] if waiting else done}, output)
        return
    for each in done:
        if _looks_at(each):
            note(
                f"{each['metadata']['name']}: {'the operator has looked' if wait else 'the operator was asked to look'}."
            )


def _annotated(cluster: Cluster, names: Iterable[str], annotation: str, value: str | None) -> list[Document]:
    """The objects after it. All are asked for before the first is waited for."""
    answers = [cluster.annotate(name, annotation, value) for name in names]
    return [answer.json() for answer in answers]


def _looks_at(document: Document) -> bool:
    """Whether the operator will look at it; says so where it will not."""
    metadata = document["metadata"]
    if (metadata.get("annotations") or {}).get(ANNOTATION_PAUSED) != "true":
        return True
    note(f"{metadata['name']} is paused, so nobody looks before `kubectl mwaa resume {metadata['name']}`.")
    return False
