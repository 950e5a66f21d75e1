"""What Airflow says of itself: its database, its configuration, and the code that it loads when it starts."""

from mwaa_operator.planning.diagnosis.model import CONTAINERS, Stream, known
from mwaa_operator.planning.diagnosis.weights import LIKELY, POSSIBLE, STRONG

_PLUGINS = "configuring-dag-import-plugins.html"
_OPTIONS = "configuring-env-variables.html"
_TROUBLE = "troubleshooting.html"

AIRFLOW = (
    known(
        "DatabaseFull",
        r"remaining connection slots are reserved|sorry, too many clients already|QueuePool limit of size \d+ overflow",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="Airflow's database takes no more connections.",
        advice="Take a larger environmentClass, or fewer schedulers, parsing processes and queries of DAGs at their top level.",
        page="environment-class.html",
        explains={"DatabaseUnreachable"},
    ),
    known(
        "DatabaseUnreachable",
        r"port 5432 failed:|could not connect to server: Connection timed out|Couldn't connect to database\. Error"
        r"|OperationalError\) .*timeout expired",
        streams=CONTAINERS,
        weight=STRONG,
        cause="Airflow does not reach its database.",
        advice="Let the security groups of the environment admit themselves by TCP 5432, and the network ACLs of both subnets let it "
        "through, answers (1024-65535) included.",
        page="vpc-security.html",
    ),
    known(
        "MigrationFailed",
        r"Can't locate revision identified by|alembic\.util\.exc\.CommandError|There are still unapplied migrations",
        streams=CONTAINERS,
        weight=STRONG,
        cause="The tables of Airflow's database are not those of the Airflow version.",
        advice="Go to a version only by the documented steps; where no package in requirements replaces Airflow itself, ask AWS Support.",
        page="upgrading-environment.html",
    ),
    known(
        "FernetKeyChanged",
        r"cryptography\.fernet\.InvalidToken|Fernet key must be 32|Could not create Fernet object",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="Connections and variables in Airflow's database were encrypted with another Fernet key.",
        advice="MWAA makes the key itself: take core.fernet_key out of the options, and enter again what came from another environment.",
        page=_OPTIONS,
    ),
    known(
        "OptionInvalid",
        r"AirflowConfigException|Failed to convert value to (?:int|float|bool)|invalid literal for int\(\) with base 10",
        streams=CONTAINERS,
        weight=STRONG,
        cause="An option of Airflow has a value that Airflow cannot use.",
        advice="Correct the option that the line names, in airflowConfigurationOptions or in the Secret that it comes from.",
        page=_OPTIONS,
        explains={"PluginFailed", "SecretsBackendInvalid"},
    ),
    known(
        "PluginFailed",
        r"Failed to (?:import|load) plugin",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="A plugin cannot be loaded.",
        advice="Correct what its traceback in the log stream ends with; what it imports has to be in requirements, also on the web server.",
        page=_PLUGINS,
        explains={"ModuleMissing", "PythonSyntax"},
    ),
    known(
        "ProviderBroken",
        r"Exception when importing '[\w.]+' from '[\w.-]+' package",
        streams=CONTAINERS,
        weight=POSSIBLE,
        cause="A provider package does not fit the other packages.",
        advice="Take the version of it that the constraints of this Airflow version name.",
        page="connections-packages.html",
        explains={"ModuleMissing"},
    ),
    known(
        "BlueprintClash",
        r"name collision occurred between blueprints|is already registered for (?:a different|this) blueprint",
        streams={Stream.WEBSERVER},
        weight=LIKELY,
        cause="Two plugins put pages of the same name into the web server.",
        advice="Rename the blueprint of one of them.",
        page=_PLUGINS,
        explains={"PluginFailed", "WebserverDidNotStart"},
    ),
    known(
        "PythonSyntax",
        r"\b(?:SyntaxError|IndentationError|TabError): ",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="Code that Airflow loads when it starts is no valid Python.",
        advice="Correct the file that the lines above it name; plugins and airflow_local_settings.py are loaded by every part.",
        page=_PLUGINS,
    ),
    known(
        "ModuleMissing",
        r"ModuleNotFoundError: No module named |ImportError: cannot import name ",
        streams=CONTAINERS,
        weight=LIKELY,
        cause="A package that code asks for is missing, or is there in another version.",
        advice="Add it to the requirements in the version that the code is written for, and see in requirements_install that it comes.",
        page=_TROUBLE,
    ),
)
