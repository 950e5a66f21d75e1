"""`mwaa-operator run`: read the settings, run the process, end it."""

import asyncio
import logging
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_settings import CliApp, SettingsError

from mwaa_operator.api.model import explain
from mwaa_operator.cli import temporary_files
from mwaa_operator.controller import logs
from mwaa_operator.controller.process import Process
from mwaa_operator.controller.settings import Settings


def run(arguments: Sequence[str]) -> None:
    """Run the operator until it is told to stop. Ends the process."""
    settings = _settings(arguments)
    logs.configure(form=settings.log_format, level=settings.log_level)
    # The Kubernetes client writes a kubeconfig's keys into temporary files.
    with temporary_files.in_own_folder():
        code = asyncio.run(_process(settings))
    logging.shutdown()
    # Threads may still wait for AWS, for half a minute at most, and Python would wait for them. Nothing is lost with them:
    # a call whose answer nobody reads is found by the next process, as after a crash.
    os._exit(code)


async def _process(settings: Settings) -> int:
    return await Process(settings).run()


def _settings(arguments: Sequence[str]) -> Settings:
    try:
        return CliApp.run(Settings, cli_args=list(arguments))
    except ValidationError as error:
        mistakes = explain(error)
    except SettingsError as error:
        mistakes = [str(error)]
    sys.stderr.write("".join(f"mwaa-operator run: {mistake}\n" for mistake in mistakes))
    raise SystemExit(2)
