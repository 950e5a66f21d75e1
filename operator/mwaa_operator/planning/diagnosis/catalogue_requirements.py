"""What pip says of requirements that it cannot install. pip's own words, and those of MWAA's installer around it."""

from mwaa_operator.planning.diagnosis.model import Stream, known
from mwaa_operator.planning.diagnosis.weights import LIKELY, POSSIBLE

_PIP = {Stream.REQUIREMENTS}
_DEPENDENCIES = "best-practices-dependencies.html"
_TEST = "Try it with the image of aws/amazon-mwaa-docker-images before the next attempt."
_ENDS_SO = {"RequirementsFailed"}
_NOT_FOUND = {"RequirementsFailed", "PackageNotFound", "VersionNotFound"}

REQUIREMENTS = (
    known(
        "RequirementsAgainstConstraints",
        r"The user requested \(constraint\) ",
        streams=_PIP,
        weight=LIKELY,
        cause="A requirement asks for another version than the constraints allow.",
        advice=f"Take the version out of the requirement, or the one that the constraints file of this Airflow version names. {_TEST}",
        page=_DEPENDENCIES,
        explains={"RequirementsConflict", *_ENDS_SO},
    ),
    known(
        "RequirementsConflict",
        r"ResolutionImpossible|because these package versions have conflicting dependencies",
        streams=_PIP,
        weight=LIKELY,
        cause="Two requirements need different versions of the same package.",
        advice=f"Loosen or drop one of the two that pip names. {_TEST}",
        page=_DEPENDENCIES,
        explains=_ENDS_SO,
    ),
    known(
        "ConstraintsNotFound",
        r"Could not open requirements file:|404 Client Error: Not Found for url: \S*constraints",
        streams=_PIP,
        weight=LIKELY,
        cause="The constraints file that the requirements name cannot be read.",
        advice="Correct the line with --constraint: the address names the versions of Airflow and Python, and needs a way to the internet.",
        page=_DEPENDENCIES,
        explains=_ENDS_SO,
    ),
    known(
        "PackageIndexUnreachable",
        r"Retry\(total=0,.*connection broken by|Could not install packages due to an OSError: HTTPSConnectionPool",
        streams=_PIP,
        weight=LIKELY,
        cause="pip does not reach the package index: there is no way to the internet from where it runs.",
        advice="Bring wheels in plugins.zip and install them with --find-links and --no-index, as a private web server always needs it, or "
        "let the private subnets out through NAT gateways.",
        page=_DEPENDENCIES,
        explains=_NOT_FOUND,
    ),
    known(
        "PackageIndexRefuses",
        r"40[13] Error, Credentials not correct|HTTP error 40[13] while getting|40[13] Client Error: \w+ for url",
        streams=_PIP,
        weight=LIKELY,
        cause="The package index refuses pip's credentials.",
        advice="Renew the token in the address of the index (one of CodeArtifact lasts 12 hours), or have the startup script get it.",
        page="samples-code-artifact.html",
        explains=_NOT_FOUND,
    ),
    known(
        "PackageForAnotherPython",
        r"Ignored the following versions that require a different python version|requires a different Python:",
        streams=_PIP,
        weight=LIKELY,
        cause="A requirement is not made for the version of Python that this Airflow version runs on.",
        advice=f"Ask for a version of the package that supports it, or for another Airflow version. {_TEST}",
        page="airflow-versions.html",
        explains=_NOT_FOUND,
    ),
    known(
        "VersionNotFound",
        r"Could not find a version that satisfies the requirement .*\(from versions: (?!none\))",
        streams=_PIP,
        weight=LIKELY,
        cause="The package index has the package that a requirement names, and not in this version.",
        advice="Ask for one of the versions that pip lists.",
        page=_DEPENDENCIES,
        explains={"PackageNotFound", *_ENDS_SO},
    ),
    known(
        "PackageNotFound",
        r"No matching distribution found for |\(from versions: none\)",
        streams=_PIP,
        weight=LIKELY,
        cause="The package index has no package of the name that a requirement asks for.",
        advice="Correct the name, or name the index that has it with --extra-index-url, or bring it as a wheel in plugins.zip.",
        page=_DEPENDENCIES,
        explains=_ENDS_SO,
    ),
    known(
        "HashMismatch",
        r"THESE PACKAGES DO NOT MATCH THE HASHES|Hashes are required in --require-hashes mode"
        r"|In --require-hashes mode, all requirements must have their versions pinned",
        streams=_PIP,
        weight=LIKELY,
        cause="The requirements carry hashes that do not fit what pip finds, or not all of them do.",
        advice="Make the hashes anew for the platform that MWAA runs on, dependencies included, or leave all of them out.",
        page=_DEPENDENCIES,
        explains=_ENDS_SO,
    ),
    known(
        "RequirementInvalid",
        r"ERROR: Invalid requirement: |Double requirement given|requirements\.txt: error: |UnicodeDecodeError",
        streams=_PIP,
        weight=LIKELY,
        cause="A line of the requirements file is none that pip understands.",
        advice="Correct the line, and save the file as plain text in UTF-8.",
        page="working-dags-dependencies.html",
        explains=_ENDS_SO,
    ),
    known(
        "BuildToolMissing",
        r"command '\S*(?:gcc|g\+\+|cc|clang)' failed|(?:pg_config|mysql_config) executable not found|pkg-config: (?:command )?not found"
        r"|can't find Rust compiler|No such file or directory: '(?:gcc|g\+\+|cmake)'",
        streams=_PIP,
        weight=LIKELY,
        cause="A requirement has to be compiled, and the compiler or a library for it is missing.",
        advice="Ask for a version that comes as a wheel (psycopg2-binary in place of psycopg2), bring a wheel of your own, or "
        "install the tools in the startup script.",
        page=_DEPENDENCIES,
        explains={"BuildFailed", *_ENDS_SO},
    ),
    known(
        "BuildFailed",
        r"Failed building wheel for |error: subprocess-exited-with-error|error: metadata-generation-failed"
        r"|Failed to build installable wheels",
        streams=_PIP,
        weight=LIKELY,
        cause="A requirement cannot be built from its source.",
        advice=f"Ask for a version that comes as a wheel for this Python, or bring a wheel of your own in plugins.zip. {_TEST}",
        page=_DEPENDENCIES,
        explains=_ENDS_SO,
    ),
    known(
        "WheelUnsuitable",
        r"is not a supported wheel on this platform|is not a valid wheel filename|has an invalid wheel",
        streams=_PIP,
        weight=LIKELY,
        cause="A wheel is made for another platform, or another Python, than MWAA runs on.",
        advice="Make it on Amazon Linux 2023, for x86_64 and the Python of this Airflow version.",
        page="airflow-versions.html",
        explains=_ENDS_SO,
    ),
    known(
        "RequirementsTimedOut",
        r"Process timed out after running for more than",
        streams=_PIP,
        weight=LIKELY,
        cause="The requirements take longer to install than the 9 minutes that MWAA allows.",
        advice="Pin all versions so that pip need not search, and prefer wheels.",
        page=_DEPENDENCIES,
        explains=_ENDS_SO,
    ),
    known(
        "RequirementsFailed",
        r"pip installation exited with a non-zero error code",
        streams=_PIP,
        weight=POSSIBLE,
        cause="The requirements cannot be installed.",
        advice=f"Read what pip says in the log stream. {_TEST}",
        page=_DEPENDENCIES,
    ),
)
