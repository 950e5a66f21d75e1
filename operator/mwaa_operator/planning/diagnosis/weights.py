"""How much each kind of evidence speaks for a cause. Only their order means something.

What a container cannot start with comes first: it fails a create for certain. After a create that AWS calls INCORRECT_CONFIGURATION the
errors of checks follow, for that is what AWS says of networks and roles; requirements that cannot be installed are only an error in the
log (`mwaa-behaviour.md` §2).
"""

from mwaa_operator.planning.preflight.snapshot import Subject

FATAL = 120
"""A log line of what makes a container unhealthy."""
INCORRECT_CONFIGURATION = "INCORRECT_CONFIGURATION"
ERROR_AFTER_INCORRECT_CONFIGURATION = 100
STRONG = 90
"""A log line that says what Airflow cannot do without."""
LIKELY = 80
"""A log line of something that is broken, which an environment may come up with."""
ERROR = 70
"""An error of a check after any other failure."""
POSSIBLE = 55
"""A log line that says that something is wrong and not what, or that is also seen where all is well in the end."""
WARNING = 30
"""A warning of a check."""
BEFOREHAND = 25
"""An error of a check about what AWS judges before it accepts a call: it has accepted this one."""
JUDGED_BEFOREHAND = frozenset({Subject.CALLER, Subject.QUOTAS})
HIDDEN = 20
"""That logs are off: named where nothing more is known than what warnings say."""

NEWEST = 9
"""What the newest line of a log has ahead of the oldest: less than the difference between two kinds of evidence."""
NEGLIGIBLE = 0.4
"""What is less likely than this part of the first cause is left out, for a warning says little beside an error."""
MOST_CAUSES = 8
