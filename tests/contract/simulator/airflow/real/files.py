"""What an environment of these tests has in its bucket."""

DAG = """
import os
from importlib.metadata import version

import from_plugins
import iniconfig
from airflow.configuration import conf

try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task


@dag(schedule=None, is_paused_upon_creation=False)
def etl():
    @task
    def extract():
        print("extracting in a real task")
        return {
            "requirement": version(iniconfig.__name__),
            "plugin": from_plugins.GREETING,
            "exported": os.environ.get("FROM_STARTUP_SCRIPT"),
            "timezone": conf.get("core", "default_timezone"),
            "endpoint": os.environ.get("AWS_ENDPOINT_URL"),
        }

    @task
    def load(extracted):
        return sorted(extracted)

    load(extract())


etl()
"""

CROWD = """
import os
import time

from airflow.sdk import dag, task


@dag(schedule=None, is_paused_upon_creation=False)
def crowd():
    @task
    def wait(number):
        while not os.path.exists({flag!r}):
            time.sleep(0.2)

    wait.expand(number=list(range({tasks})))


crowd()
"""

PLUGIN = 'GREETING = "hello from plugins.zip"\n'

STARTUP_SCRIPT = """#!/bin/sh
set -e
export FROM_STARTUP_SCRIPT=exported
export AIRFLOW__CORE__DEFAULT_TIMEZONE=Asia/Tokyo
echo "the startup script was here"
"""
