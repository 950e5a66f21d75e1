"""What reaches standard error."""

import json
import logging
from datetime import datetime

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from mwaa_operator.controller import logs

CANARY = "canary-7b1f"


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    quiet = ("kopf", "botocore", "urllib3", "asyncio", "kubernetes", "kopf._core.reactor.running")
    levels = {name: logging.getLogger(name).level for name in quiet}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, value in levels.items():
        logging.getLogger(name).setLevel(value)


@pytest.fixture
def written(capsys):
    """Configure, let something be logged, and give the lines on standard error."""

    def run(form, logging_of, level="INFO"):
        logs.configure(form=form, level=level)
        logging_of(logging.getLogger("mwaa_operator.test"))
        out, err = capsys.readouterr()
        assert out == ""
        return err.splitlines()

    return run


def fail(log):
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        log.exception("a pass failed", extra={"object": "data/env"})


def test_json_has_one_object_a_line_with_whatever_else_the_record_carries(written):
    (line,) = written(
        "json", lambda log: log.info("calling %s", "AWS", extra={"object": "data/env", "retrySeconds": 5})
    )
    document = json.loads(line)
    assert datetime.fromisoformat(document.pop("time")).tzinfo is not None
    assert document == {
        "level": "INFO",
        "logger": "mwaa_operator.test",
        "message": "calling AWS",
        "object": "data/env",
        "retrySeconds": 5,
    }


def test_json_keeps_a_traceback_on_its_line(written):
    (line,) = written("json", fail)
    document = json.loads(line)
    assert (document["message"], document["object"]) == ("a pass failed", "data/env")
    assert "ZeroDivisionError: division by zero" in document["exc_info"]


def test_text_has_the_message_and_then_what_else_the_record_carries(written):
    (line,) = written("text", lambda log: log.warning("no way", extra={"object": "data/env", "requestId": None}))
    assert line.split(" ", 1)[1] == "WARNING no way  object=data/env"


def test_text_names_the_object_before_the_traceback(written):
    first, *rest = written("text", fail)
    assert first.endswith("ERROR   a pass failed  object=data/env")
    assert rest[-1] == "ZeroDivisionError: division by zero"


def test_messages_below_the_level_are_not_written(written):
    assert written("text", lambda log: log.info("chatter"), level="WARNING") == []
    assert len(written("text", lambda log: log.debug("chatter"), level="DEBUG")) == 1


@pytest.mark.parametrize("form", ["json", "text"])
def test_not_even_debug_writes_what_is_sent_to_aws_or_with_which_credentials(written, form):
    def call(_):
        client = boto3.Session(
            aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key=CANARY, region_name="eu-west-1"
        ).client(
            "mwaa",
            endpoint_url="http://127.0.0.1:1",
            config=Config(inject_host_prefix=False, proxies={}, retries={"total_max_attempts": 1}),
        )
        with pytest.raises(BotoCoreError):
            client.update_environment(Name="env", AirflowConfigurationOptions={"smtp.smtp_password": CANARY})

    assert CANARY not in "".join(written(form, call, level="DEBUG"))
