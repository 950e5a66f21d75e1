"""One port for the kubelet and Prometheus: /healthz, /readyz and /metrics."""

from collections.abc import Callable

from aiohttp import web
from prometheus_client import CollectorRegistry, exposition

STUCK_SECONDS = 300
"""A key that has waited this long for a worker means that the workers hang: the kubelet should restart the process."""


class HttpServer:
    """Serves until it is closed. `alive` gives the queue's longest wait in seconds, `ready` whether the process does its work."""

    def __init__(
        self, *, registry: CollectorRegistry, longest_wait: Callable[[], float], ready: Callable[[], bool]
    ) -> None:
        self._registry = registry
        self._longest_wait = longest_wait
        self._ready = ready
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; gives the port. Raises OSError if that cannot be had."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        waited = self._longest_wait()
        if waited > STUCK_SECONDS:
            return web.Response(status=503, text=f"an object has been waiting for a worker for {waited:.0f} seconds\n")
        return web.Response(text="ok\n")

    async def _readyz(self, _: web.Request) -> web.Response:
        if self._ready():
            return web.Response(text="ok\n")
        return web.Response(status=503, text="not connected to the Kubernetes API yet\n")

    async def _metrics(self, _: web.Request) -> web.Response:
        return web.Response(
            body=exposition.generate_latest(self._registry), headers={"Content-Type": exposition.CONTENT_TYPE_LATEST}
        )
