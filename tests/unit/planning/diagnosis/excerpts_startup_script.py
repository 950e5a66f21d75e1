"""What a startup script and its runner write when it fails: an excerpt for each known cause."""

from mwaa_operator.planning.diagnosis.model import Stream

_ENDS = """\
Executing post startup script verification
Post startup script verification completed
[ERROR] An unexpected error occurred: Failed to locate environment variables file from startup script."""
_PATH = "/usr/local/airflow/startup/startup.sh"

TEXTS = {
    "StartupScriptFailed": f"""\
Printing Apache Airflow component
scheduler
checking the licence of the driver
Startup script execution time: 1.21 seconds.
{_ENDS}""",
    "StartupScriptTimedOut": f"""\
warming up the cache
Startup script execution time: 295.00 seconds.
Process timed out after running for more than 295000.0 milliseconds when the maximum running time is 295000.0 milliseconds.
{_ENDS}""",
    "StartupScriptOffline": f"""\
fetching the ODBC driver
  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
curl: (28) Failed to connect to packages.microsoft.com port 443 after 130914 ms: Could not connect to server
Process timed out after running for more than 295000.0 milliseconds when the maximum running time is 295000.0 milliseconds.
{_ENDS}""",
    "StartupScriptLineEndings": f"""\
{_PATH}: line 2: $'\\r': command not found
{_PATH}: line 3: $'set\\r': command not found
{_PATH}: line 9: syntax error near unexpected token `$'in\\r''
{_ENDS}""",
    "StartupScriptCommandMissing": f"""\
installing libraries
{_PATH}: line 4: apt-get: command not found
Startup script execution time: 0.35 seconds.
{_ENDS}""",
    "StartupScriptNotPermitted": f"""\
{_PATH}: line 7: /etc/odbcinst.ini: Permission denied
Startup script execution time: 0.12 seconds.
{_ENDS}""",
    "StartupScriptSyntax": f"""\
{_PATH}: line 14: unexpected EOF while looking for matching `"'
{_PATH}: line 17: syntax error: unexpected end of file
{_ENDS}""",
}

EXCERPTS = {name: (Stream.STARTUP_SCRIPT, text) for name, text in TEXTS.items()}
