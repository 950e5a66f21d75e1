"""`mwaa-sandbox cluster`: get the binaries, run a control plane in the foreground.

What a program may want to read goes to standard output, what a person wants to read to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from mwaa_sandbox.cluster import download
from mwaa_sandbox.cluster.assets import AssetsError, ensure_assets
from mwaa_sandbox.cluster.control_plane import ControlPlane
from mwaa_sandbox.cluster.progress import ProgressLine
from mwaa_sandbox.process import ProcessError
from mwaa_sandbox.run_folder import FolderInUseError

_WATCH_SECONDS = 0.5
_CONTEXT = "sandbox"


class KubeconfigError(RuntimeError):
    """The kubeconfig cannot be written where it was asked for."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the parser of `mwaa-sandbox`."""
    cluster = subparsers.add_parser("cluster", help="a real Kubernetes control plane on this machine")
    commands = cluster.add_subparsers(metavar="COMMAND", required=True)

    assets = commands.add_parser(
        "assets",
        help="make sure that the binaries are there and print their folder",
        description="Make sure that etcd, kube-apiserver, kube-controller-manager and kubectl are there, and print their "
        "folder. They are taken from KUBEBUILDER_ASSETS (and TEST_ASSET_*), our cache, what setup-envtest has installed, "
        "the official download, or compiled (which takes minutes, once), whichever works first.",
        epilog=f"{download.INDEX_VARIABLE} (index of envtest archives; empty: do not download) and "
        f"{download.RELEASES_VARIABLE} (releases of Kubernetes) name other places to download from, such as a mirror. "
        "The cache is in XDG_CACHE_HOME.",
    )
    assets.add_argument("--compile", action="store_true", help="use only what is compiled here")
    assets.set_defaults(handler=_assets)

    start = commands.add_parser(
        "start",
        help="run a control plane until Ctrl-C",
        description="Run a control plane in the foreground. The first line on standard output is the path of its kubeconfig, "
        "written when it is ready. It stops on Ctrl-C, SIGTERM and SIGHUP, and when the process that started it ends.",
    )
    start.add_argument("--kubeconfig", type=Path, metavar="PATH", help="write the kubeconfig here (removed at the end)")
    start.add_argument("--data-dir", type=Path, metavar="PATH", help="keep logs and data here (kept at the end)")
    start.set_defaults(handler=_start)


def _assets(arguments: argparse.Namespace) -> int:
    try:
        with _progress() as progress:
            assets = ensure_assets(progress, compile_anyway=arguments.compile)
    except AssetsError as error:
        return _fail(error)
    print(assets.folder)
    return 0


def _start(arguments: argparse.Namespace) -> int:
    parent = os.getppid()
    _interrupt_by(signal.SIGTERM, signal.SIGHUP)
    try:
        if arguments.kubeconfig:
            _refuse_another_clusters(arguments.kubeconfig)
        with contextlib.ExitStack() as stack:
            with _progress() as progress:
                control_plane = stack.enter_context(ControlPlane.start(arguments.data_dir, progress))
            kubeconfig = control_plane.kubeconfig
            if arguments.kubeconfig:
                kubeconfig = stack.enter_context(_written(arguments.kubeconfig, kubeconfig.read_text()))
            print(kubeconfig, flush=True)
            _say(f"Kubernetes is ready at {control_plane.server}. In another terminal:")
            _say(f"  export KUBECONFIG={shlex.quote(str(kubeconfig))}")
            _say(f"  export PATH={shlex.quote(str(control_plane.assets.folder))}:$PATH   # kubectl of the same version")
            _say(f"Logs: {control_plane.data_dir / 'logs'}. Ctrl-C stops it.")
            with contextlib.suppress(KeyboardInterrupt):
                _watch(control_plane.raise_if_ended, parent)
    except (AssetsError, FolderInUseError, KubeconfigError, ProcessError) as error:
        return _fail(error)
    _say("Stopped.")
    return 0


def _watch(raise_if_ended: Callable[[], None], parent: int) -> None:
    while os.getppid() == parent:
        raise_if_ended()
        time.sleep(_WATCH_SECONDS)
    _say("The process that started this one has ended.")


def _interrupt_by(*signals: signal.Signals) -> None:
    """Let `signals` do what Ctrl-C does: unwind, and so stop and clean up, at whatever point we are."""
    for number in signals:
        signal.signal(number, signal.default_int_handler)


@contextlib.contextmanager
def _written(path: Path, text: str) -> Iterator[Path]:
    """Write a kubeconfig for the time of the block, never over one that is not ours."""
    _refuse_another_clusters(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)
    try:
        yield path.absolute()
    finally:
        if path.exists() and path.read_text() == text:
            path.unlink()


def _refuse_another_clusters(path: Path) -> None:
    if path.exists() and not _is_ours(path):
        raise KubeconfigError(f"{path} is there already, and is not of a sandbox. Remove it, or choose another path")


def _is_ours(path: Path) -> bool:
    try:
        config = yaml.safe_load(path.read_text())
    except yaml.YAMLError:
        return False
    contexts = config.get("contexts") if isinstance(config, dict) else None
    return isinstance(contexts, list) and [context.get("name") for context in contexts] == [_CONTEXT]


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    line = ProgressLine()
    try:
        yield line
    finally:
        line.finish()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _fail(error: Exception) -> int:
    _say(f"mwaa-sandbox: {error}")
    return 1
