"""Starts and stops a control plane, and hands out ways to talk to it: kubeconfig files and kubectl.

Knows nothing of MWAA.
"""

from __future__ import annotations

import atexit
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from mwaa_sandbox import run_folder
from mwaa_sandbox.cluster import components, credentials
from mwaa_sandbox.cluster.assets import Assets, ensure_assets
from mwaa_sandbox.cluster.components import Files, Ports
from mwaa_sandbox.cluster.ports import LOOPBACK, free_ports
from mwaa_sandbox.cluster.progress import Progress, silent
from mwaa_sandbox.process import ManagedProcess, ProcessError, clean_environment

_READY_SECONDS = 60.0
_START_ATTEMPTS = 5
_ADMIN = "sandbox-admin"
_CONTROLLER_MANAGER = "system:kube-controller-manager"


_GARBAGE = "400"
"""How much garbage may gather before Go collects it, in percent of what is in use: a hundred megabytes more memory, a quarter of the
CPU of a start less."""


class KubectlError(subprocess.CalledProcessError):
    """kubectl failed. The message holds what it wrote to standard error."""

    def __str__(self) -> str:
        return f"`{' '.join(map(str, self.cmd))}` ended with exit code {self.returncode}: {(self.stderr or '').strip()}"


class ControlPlane:
    """A running etcd, API server and controller manager on ports of the loopback address, with RBAC on.

    Made by `start`; stopped by `stop`, at the end of a `with` block, and when this process ends, however it ends.

    Attributes:
        server: the API server's address, such as "https://127.0.0.1:26443".
        kubeconfig: a file for an administrator (group system:masters) that holds all it needs: it may be copied.
        ca_file: the certificate of the authority that signed the API server's.
        data_dir: etcd's data, certificates, and the logs of each component in `logs/`.
        has_controller_manager: False where the binaries come without it (envtest archives do). Then deleted
            namespaces stay in phase Terminating, objects do not follow their deleted owners, and namespaces have no
            service account `default`.
    """

    def __init__(
        self, *, assets: Assets, folder: run_folder.RunFolder, ports: Ports, api_server_flags: Sequence[str] = ()
    ) -> None:
        """Describe a control plane. `start` makes a running one."""
        self.assets = assets
        self.has_controller_manager = assets.kube_controller_manager is not None
        self.server = f"https://{LOOPBACK}:{ports.api_server}"
        self._folder = folder
        self._files = Files(folder.path)
        self._ports = ports
        self._api_server_flags = tuple(api_server_flags)
        self._tokens = {user: credentials.new_token() for user in (_ADMIN, _CONTROLLER_MANAGER)}
        self._processes: dict[str, ManagedProcess] = {}
        self.data_dir = folder.path
        self.kubeconfig = self._files.kubeconfig
        self.ca_file = self._files.ca

    @classmethod
    def start(
        cls,
        data_dir: Path | None = None,
        progress: Progress | None = None,
        *,
        assets: Assets | None = None,
        api_server_flags: Sequence[str] = (),
    ) -> Self:
        """Start a control plane and return when it can be used: 3 seconds, once the binaries are there.

        Args:
            data_dir: where to keep its data. It always starts empty: what an earlier run has left there is removed.
                Default: a temporary folder that `stop` removes; a folder that is given stays, for its logs.
            progress: told what is going on, a line at a time.
            assets: the binaries to run; default: found, downloaded or compiled (see `mwaa_sandbox.cluster.assets`).
            api_server_flags: more flags for the API server, such as `--audit-log-path`.

        Raises:
            mwaa_sandbox.cluster.assets.AssetsError: if there are no binaries and no way to get them.
            mwaa_sandbox.process.ProcessError: if a component does not start; the message holds the end of its log.
            mwaa_sandbox.run_folder.FolderInUseError: if another control plane is using `data_dir`.
        """
        progress = progress or silent
        assets = assets or ensure_assets(progress)
        if assets.kube_controller_manager is None:
            progress(
                f"No kube-controller-manager in {assets.folder} ({assets.origin}): deleted namespaces stay in phase "
                "Terminating, objects do not follow their owners. `mwaa-sandbox cluster assets --compile` makes a whole set"
            )
        progress("Starting the control plane")
        folder = run_folder.given_folder(data_dir) if data_dir else run_folder.temporary_folder()
        try:
            return cls._start_in(folder, assets, api_server_flags)
        except BaseException:
            folder.release()
            raise

    @classmethod
    def _start_in(cls, folder: run_folder.RunFolder, assets: Assets, api_server_flags: Sequence[str]) -> Self:
        for attempt in range(1, _START_ATTEMPTS + 1):
            control_plane = cls(
                assets=assets, folder=folder, ports=Ports(*free_ports(3)), api_server_flags=api_server_flags
            )
            try:
                control_plane._start_all()
            except ProcessError as error:
                control_plane._kill_all()
                # The port was free a moment ago; somebody else was quicker.
                if "address already in use" not in str(error) or attempt == _START_ATTEMPTS:
                    raise
            except BaseException:
                control_plane._kill_all()
                raise
            else:
                atexit.register(control_plane.stop)
                return control_plane
        raise AssertionError("the last attempt returns or raises")

    def _start_all(self) -> None:
        files = self._files
        for leftover in (files.etcd_data, files.certificates, files.kubeconfigs, files.kubectl_cache):
            shutil.rmtree(leftover, ignore_errors=True)
        credentials.write_service_account_key(files.service_account_key)
        credentials.write_tokens(files.tokens, self._tokens)
        self._start_etcd()
        self.start_api_server()
        if self.assets.kube_controller_manager is not None:
            self._start_controller_manager(self.assets.kube_controller_manager)

    def _start_etcd(self) -> None:
        etcd = self._run("etcd", components.etcd(self.assets, self._files, self._ports))
        health = f"http://{LOOPBACK}:{self._ports.etcd_client}/readyz"
        etcd.wait_until(lambda: _answers(health), _READY_SECONDS, "become ready")

    def start_api_server(self) -> None:
        """Start the API server, on its port and with its data, and return when it is ready."""
        argv = [*components.api_server(self.assets, self._files, self._ports), *self._api_server_flags]
        api_server = self._run("kube-apiserver", argv)
        api_server.wait_until(self._api_server_is_ready, _READY_SECONDS, "become ready")
        credentials.write_ca(self._files)
        self._write_kubeconfig(self.kubeconfig, _ADMIN, self._tokens[_ADMIN])

    def stop_api_server(self) -> None:
        """End the API server at once, as a crash would: open watches break, later connections are refused."""
        # Asked politely, it waits up to a minute for its watches to end.
        if api_server := self._processes.pop("kube-apiserver", None):
            api_server.kill()

    def restart_api_server(self) -> None:
        """Stop the API server and start it again, on the same port and with the same data."""
        self.stop_api_server()
        self.start_api_server()

    def restart_etcd(self) -> None:
        """End etcd at once, as a crash would, and start it again, on the same port and with the same data.

        The API server keeps running. Returns when it is ready again.
        """
        # Asked politely, it waits for the API server's watches to end.
        self._processes.pop("etcd").kill()
        self._start_etcd()
        self._processes["kube-apiserver"].wait_until(self._api_server_is_ready, _READY_SECONDS, "find etcd again")

    def _start_controller_manager(self, binary: Path) -> None:
        kubeconfig = self._files.controller_manager_kubeconfig
        self._write_kubeconfig(kubeconfig, _CONTROLLER_MANAGER, self._tokens[_CONTROLLER_MANAGER])
        process = self._run("kube-controller-manager", components.controller_manager(binary, self._files))
        made_by_it = "/api/v1/namespaces/default/serviceaccounts/default"
        process.wait_until(lambda: self._get(made_by_it), _READY_SECONDS, "create the service account default")

    def raise_if_ended(self) -> None:
        """Raise `mwaa_sandbox.process.ProcessError` if a component has ended by itself."""
        for process in self._processes.values():
            process.raise_if_ended()

    def stop(self) -> None:
        """Stop everything, and remove the data folder unless it was given to `start`. Safe to repeat."""
        self._kill_all()
        self._folder.release()
        atexit.unregister(self.stop)

    def kubectl(
        self,
        *args: str,
        input: str | None = None,  # noqa: A002 - the name that subprocess.run has for it
        check: bool = True,
        kubeconfig: Path | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl of the same version, as administrator or with `kubeconfig`.

        Raises:
            KubectlError: if it fails and `check` is true.
            subprocess.TimeoutExpired: after `timeout` seconds.
        """
        argv = [str(self.assets.kubectl), f"--kubeconfig={kubeconfig or self.kubeconfig}", *args]
        # A cache of one's own: it is keyed by address, and addresses come back. KUBERC: a person's preferences change
        # what kubectl does.
        env = clean_environment(KUBECACHEDIR=str(self._files.kubectl_cache), KUBERC="off")
        done = subprocess.run(argv, input=input, env=env, timeout=timeout, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise KubectlError(done.returncode, ["kubectl", *args], done.stdout, done.stderr)
        return done

    def kubeconfig_for_token(self, token: str, name: str) -> Path:
        """Write a kubeconfig for the bearer of `token` and return its path; it lives as long as the data folder."""
        path = self._files.kubeconfigs / f"{name}.kubeconfig"
        self._write_kubeconfig(path, name, token)
        return path

    def service_account_kubeconfig(self, namespace: str, name: str) -> Path:
        """Return a kubeconfig for a service account, with a token that is valid for a day.

        Raises:
            KubectlError: if there is no such service account.
        """
        token = self.kubectl("create", "token", name, f"--namespace={namespace}", "--duration=24h").stdout.strip()
        return self.kubeconfig_for_token(token, f"{namespace}.{name}")

    def _run(self, component: str, argv: list[str]) -> ManagedProcess:
        log_file = self._files.log(component)
        process = ManagedProcess(
            argv, env=clean_environment(GOGC=_GARBAGE), log_file=log_file, name=component, cwd=self.data_dir
        )
        self._processes[component] = process
        return process

    def _kill_all(self) -> None:
        # The data is of no use to anybody afterwards, so nothing has to be shut down in good order.
        for process in self._processes.values():
            process.kill()
        self._processes.clear()

    def _write_kubeconfig(self, path: Path, user: str, token: str) -> None:
        credentials.write_kubeconfig(path, server=self.server, ca=self.ca_file, user=user, token=token)

    def _api_server_is_ready(self) -> bool:
        return self._get("/readyz") and self._get("/api/v1/namespaces/default")

    def _get(self, path: str) -> bool:
        return _answers(f"{self.server}{path}", token=self._tokens[_ADMIN], ca=self._files.serving_certificate)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _answers(url: str, *, token: str | None = None, ca: Path | None = None) -> bool:
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310 - loopback
    try:
        if ca is not None:  # it may not be there yet, or not whole
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)))
        with urllib.request.build_opener(*handlers).open(request, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False
