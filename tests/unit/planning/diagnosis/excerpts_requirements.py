"""What pip writes when requirements cannot be installed: an excerpt for each known cause."""

from mwaa_operator.planning.diagnosis.model import Stream

_FILE = "/usr/local/airflow/requirements/requirements.txt"
_NO_CONSTRAINTS = (
    "WARNING: Constraints should be specified for requirements.txt. Please see https://docs.aws.amazon.com/mwaa/latest/userguide/"
    "working-dags-dependencies.html#working-dags-dependencies-test-create\nForcing local constraints"
)
_FAILED = (
    "ERROR: pip installation exited with a non-zero error code. This could be the result of package conflict. Notice that MWAA enforces a "
    "list of critical packages, e.g. Airflow, Celery, among others, whose version cannot be overridden by the customer as that can break "
    "our setup. Please double check your requirements.txt file."
)
_RETRY = (
    "WARNING: Retrying (Retry(total={left}, connect=None, read=None, redirect=None, status=None)) after connection broken by "
    "'ConnectTimeoutError(<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f0d2c1b7a90>, 'Connection to pypi.org timed out. "
    "(connect timeout=15)')': /simple/pandas/"
)
_IMPOSSIBLE = (
    "ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/"
    "#dealing-with-dependency-conflicts"
)

TEXTS = {
    "RequirementsAgainstConstraints": f"""\
{_NO_CONSTRAINTS}
Collecting snowflake-connector-python==3.0.0 (from -r {_FILE} (line 2))
  Downloading snowflake_connector_python-3.0.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl (16.0 MB)
ERROR: Cannot install snowflake-connector-python==3.0.0 because these package versions have conflicting dependencies.
The conflict is caused by:
    The user requested snowflake-connector-python==3.0.0
    The user requested (constraint) snowflake-connector-python==3.12.3
To fix this you could try to:
1. loosen the range of package versions you've specified
{_IMPOSSIBLE}
{_FAILED}""",
    "RequirementsConflict": f"""\
Collecting dbt-core==1.8.0 (from -r {_FILE} (line 3))
Collecting great-expectations==0.15.50 (from -r {_FILE} (line 4))
INFO: pip is looking at multiple versions of great-expectations to determine which version is compatible with other requirements.
ERROR: Cannot install -r {_FILE} (line 3) and jsonschema<4 because these package versions have conflicting dependencies.
The conflict is caused by:
    dbt-core 1.8.0 depends on jsonschema>=4.0 and <5.0
    great-expectations 0.15.50 depends on jsonschema<=3.2.0 and >=2.5.1
{_IMPOSSIBLE}
{_FAILED}""",
    "ConstraintsNotFound": f"""\
Looking in indexes: https://pypi.org/simple
ERROR: Could not open requirements file: [Errno 2] No such file or directory: '/usr/local/airflow/dags/constraints-3.11.txt'
{_FAILED}""",
    "PackageIndexUnreachable": "\n".join(
        [
            "Looking in indexes: https://pypi.org/simple",
            *(_RETRY.format(left=left) for left in (4, 3, 2, 1, 0)),
            "ERROR: Could not find a version that satisfies the requirement pandas==2.2.0 (from versions: none)",
            "ERROR: No matching distribution found for pandas==2.2.0",
            _FAILED,
        ]
    ),
    "PackageIndexRefuses": f"""\
Looking in indexes: https://pypi.org/simple, https://aws:****@example-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/own/simple/
WARNING: 401 Error, Credentials not correct for https://example-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/own/simple/ours/
ERROR: Could not find a version that satisfies the requirement ours==1.4.0 (from versions: none)
ERROR: No matching distribution found for ours==1.4.0
{_FAILED}""",
    "PackageForAnotherPython": f"""\
Collecting apache-airflow-providers-snowflake (from -r {_FILE} (line 1))
ERROR: Ignored the following versions that require a different python version: 2.1.0 Requires-Python >=3.12; 2.1.1 Requires-Python >=3.12
ERROR: Could not find a version that satisfies the requirement numpy==2.1.1 (from versions: 1.26.3, 1.26.4, 2.0.0, 2.0.2)
ERROR: No matching distribution found for numpy==2.1.1
{_FAILED}""",
    "VersionNotFound": f"""\
Collecting requests (from -r {_FILE} (line 1))
  Downloading requests-2.32.3-py3-none-any.whl.metadata (4.6 kB)
ERROR: Could not find a version that satisfies the requirement pymssql==2.9.9 (from versions: 2.2.11, 2.3.0, 2.3.1, 2.3.2)
ERROR: No matching distribution found for pymssql==2.9.9
{_FAILED}""",
    "PackageNotFound": f"""\
{_NO_CONSTRAINTS}
ERROR: Could not find a version that satisfies the requirement our-internal-tools (from versions: none)
ERROR: No matching distribution found for our-internal-tools
{_FAILED}""",
    "HashMismatch": f"""\
Collecting certifi==2024.8.30 (from -r {_FILE} (line 2))
  Downloading certifi-2024.8.30-py3-none-any.whl (167 kB)
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, update them.
    certifi==2024.8.30 from https://files.pythonhosted.org/packages/12/90/certifi-2024.8.30-py3-none-any.whl (from -r {_FILE} (line 2)):
        Expected sha256 0000000000000000000000000000000000000000000000000000000000000000
             Got        922820b53db7a7257ffbda3f597266d435245903d80737e34f8a45ff3e3230d8
{_FAILED}""",
    "RequirementInvalid": f"""\
ERROR: Invalid requirement: 'pandas = 2.2.0': Expected end or semicolon (after name and no valid version specifier)
    pandas = 2.2.0
           ^ (from line 3 of {_FILE})
{_FAILED}""",
    "BuildToolMissing": f"""\
Collecting psycopg2==2.9.9 (from -r {_FILE} (line 1))
  Downloading psycopg2-2.9.9.tar.gz (384 kB)
  Preparing metadata (setup.py): finished with status 'error'
  error: subprocess-exited-with-error
  × python setup.py egg_info did not run successfully.
  │ exit code: 1
  ╰─> [23 lines of output]
      Error: pg_config executable not found.
      pg_config is required to build psycopg2 from source.
error: metadata-generation-failed
{_FAILED}""",
    "BuildFailed": f"""\
  Building wheel for pyjq (pyproject.toml): finished with status 'error'
  error: subprocess-exited-with-error
  × Building wheel for pyjq (pyproject.toml) did not run successfully.
  │ exit code: 1
  ╰─> [12 lines of output]
      RuntimeError: the sources of jq could not be unpacked
  note: This error originates from a subprocess, and is likely not a problem with pip.
  ERROR: Failed building wheel for pyjq
ERROR: Failed to build installable wheels for some pyproject.toml based projects (pyjq)
{_FAILED}""",
    "WheelUnsuitable": f"""\
Looking in links: /usr/local/airflow/plugins
Processing /usr/local/airflow/plugins/ours-1.0-cp39-cp39-macosx_11_0_arm64.whl (from -r {_FILE} (line 3))
ERROR: ours-1.0-cp39-cp39-macosx_11_0_arm64.whl is not a supported wheel on this platform.
{_FAILED}""",
    "RequirementsTimedOut": f"""\
Collecting boto3 (from -r {_FILE} (line 1))
INFO: This is taking longer than usual. You might need to provide the dependency resolver with stricter constraints to reduce runtime.
Process timed out after running for more than 540012.3 milliseconds when the maximum running time is 540000.0 milliseconds.
{_FAILED}""",
    "RequirementsFailed": f"""\
{_NO_CONSTRAINTS}
Collecting ours (from -r {_FILE} (line 1))
ERROR: Exception:
Traceback (most recent call last):
  File "/usr/local/lib/python3.11/site-packages/pip/_internal/cli/base_command.py", line 180, in exc_logging_wrapper
    status = run_func(*args)
{_FAILED}""",
}

EXCERPTS = {name: (Stream.REQUIREMENTS, text) for name, text in TEXTS.items()}
