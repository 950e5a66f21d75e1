"""A git server of ssh: the repositories below a folder, for whoever has one of the keys that it knows."""

from __future__ import annotations

import asyncio
import shlex
import subprocess
import threading
from contextlib import contextmanager

import asyncssh
from mwaa_sandbox.process import clean_environment

LOOPBACK = "127.0.0.1"
ED25519 = "ssh-ed25519"


class SshServer:
    """Where it listens, how it identifies itself, and what it was asked to run."""

    def __init__(self, port, host_key):
        self.port = port
        self.known_hosts = known_host(port, host_key)
        self.asked = []

    def url(self, path):
        return f"ssh://git@{LOOPBACK}:{self.port}/{path}"


def new_key():
    return asyncssh.generate_private_key(ED25519)


def known_host(port, key):
    """The line of a known_hosts file by which a server on this port has this key (sshd(8))."""
    return f"[{LOOPBACK}]:{port} ".encode() + key.export_public_key()


async def _passed_on(source, target):
    while chunk := await source.read(65536):
        target.write(chunk)
        await target.drain()
    target.write_eof()


@contextmanager
def serving(root, user_key):
    """Serve repositories until the end of the block, to whoever has the key."""
    host_key = new_key()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def in_loop(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)

    class Server(asyncssh.SSHServer):
        def public_key_auth_supported(self):
            return True

        def begin_auth(self, username):  # noqa: ARG002 - the base class has it
            return True

        def validate_public_key(self, username, key):
            return username == "git" and key == user_key.convert_to_public()

    async def run(process):
        server.asked.append(process.command)
        program, path = shlex.split(process.command)
        assert program == "git-upload-pack"
        environment = clean_environment(
            GIT_CONFIG_COUNT="1",
            GIT_CONFIG_KEY_0="safe.directory",
            GIT_CONFIG_VALUE_0="*",
            **{name: value for name, value in process.env.items() if name == "GIT_PROTOCOL"},
        )
        child = await asyncio.create_subprocess_exec(
            *("git", "upload-pack", str(root / path.lstrip("/"))),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        async with asyncio.TaskGroup() as both:
            receiving = both.create_task(_passed_on(process.stdin, child.stdin))
            await _passed_on(child.stdout, process.stdout)
            code = await child.wait()
            receiving.cancel()
        process.exit(code)

    async def begin():
        return await asyncssh.listen(
            LOOPBACK,
            0,
            server_factory=Server,
            server_host_keys=[host_key],
            process_factory=run,
            encoding=None,
            password_auth=False,
            kbdint_auth=False,
        )

    async def end(listener):
        listener.close()
        await listener.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    listener = in_loop(begin())
    server = SshServer(listener.get_port(), host_key)
    try:
        yield server
    finally:
        in_loop(end(listener))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
