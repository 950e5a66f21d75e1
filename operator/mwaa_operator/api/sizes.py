"""How large an environment is: its class, and how many there are of what it is made of.

The limits depend on the class (mwaa-behaviour.md §3.2). A class that is not documented is let through, because AWS adds
classes, and so is everything that depends on one. That mw1.micro has exactly one worker is not documented, so AWS is
left to say it.
"""

from mwaa_operator.api.model import SpecModel, rule
from mwaa_operator.api.types import Count, EnvironmentClass, SchedulerCount

_MICRO = "mw1.micro"
_LARGER_THAN_MICRO = ("mw1.small", "mw1.medium", "mw1.large", "mw1.xlarge", "mw1.2xlarge")
_SIZES_OF_LARGER = range(2, 6)


class Sizes(SpecModel):
    """How large an environment is."""

    environment_class: EnvironmentClass | None = None
    """The size: mw1.micro, mw1.small, mw1.medium, mw1.large, mw1.xlarge, mw1.2xlarge, or another one that AWS knows."""
    min_workers: Count | None = None
    """How many workers are always there."""
    max_workers: Count | None = None
    """How many workers there may be when tasks queue up. More than 25 need a higher quota of the account."""
    min_webservers: Count | None = None
    """How many web servers are always there: 2 to 5, and 1 for mw1.micro."""
    max_webservers: Count | None = None
    """How many web servers there may be: 2 to 5, and 1 for mw1.micro."""
    schedulers: SchedulerCount | None = None
    """How many schedulers there are: 2 to 5, and 1 for mw1.micro."""

    @rule(
        "!has(self.minWorkers) || !has(self.maxWorkers) || self.minWorkers <= self.maxWorkers",
        field="minWorkers",
        message="minWorkers is greater than maxWorkers. Lower minWorkers or raise maxWorkers.",
    )
    def _workers_in_order(self) -> bool:
        return _in_order(self.min_workers, self.max_workers)

    @rule(
        "!has(self.minWebservers) || !has(self.maxWebservers) || self.minWebservers <= self.maxWebservers",
        field="minWebservers",
        message="minWebservers is greater than maxWebservers. Lower minWebservers or raise maxWebservers.",
    )
    def _webservers_in_order(self) -> bool:
        return _in_order(self.min_webservers, self.max_webservers)

    @rule(
        "!has(self.environmentClass) || self.environmentClass != 'mw1.micro' || "
        "!has(self.schedulers) || self.schedulers == 1",
        field="schedulers",
        message="mw1.micro has exactly 1 scheduler. Set schedulers to 1, leave it out, or choose a larger "
        "environmentClass.",
    )
    def _micro_has_one_scheduler(self) -> bool:
        return self.environment_class != _MICRO or self.schedulers in {None, 1}

    @rule(
        "!has(self.environmentClass) || self.environmentClass != 'mw1.micro' || "
        "((!has(self.minWebservers) || self.minWebservers == 1) && "
        "(!has(self.maxWebservers) || self.maxWebservers == 1))",
        field="maxWebservers",
        message="mw1.micro has exactly 1 web server. Set minWebservers and maxWebservers to 1, leave them out, or "
        "choose a larger environmentClass.",
    )
    def _micro_has_one_webserver(self) -> bool:
        return self.environment_class != _MICRO or {self.min_webservers, self.max_webservers} <= {None, 1}

    @rule(
        f"!has(self.environmentClass) || !(self.environmentClass in {list(_LARGER_THAN_MICRO)}) || "
        "!has(self.schedulers) || (self.schedulers >= 2 && self.schedulers <= 5)",
        field="schedulers",
        message="Environments larger than mw1.micro have 2 to 5 schedulers. Set schedulers within that, or leave it "
        "out.",
    )
    def _larger_classes_have_two_to_five_schedulers(self) -> bool:
        return self.environment_class not in _LARGER_THAN_MICRO or _within(_SIZES_OF_LARGER, self.schedulers)

    @rule(
        f"!has(self.environmentClass) || !(self.environmentClass in {list(_LARGER_THAN_MICRO)}) || "
        "((!has(self.minWebservers) || (self.minWebservers >= 2 && self.minWebservers <= 5)) && "
        "(!has(self.maxWebservers) || (self.maxWebservers >= 2 && self.maxWebservers <= 5)))",
        field="maxWebservers",
        message="Environments larger than mw1.micro have 2 to 5 web servers. Set minWebservers and maxWebservers "
        "within that, or leave them out.",
    )
    def _larger_classes_have_two_to_five_webservers(self) -> bool:
        return self.environment_class not in _LARGER_THAN_MICRO or _within(
            _SIZES_OF_LARGER, self.min_webservers, self.max_webservers
        )


def _in_order(least: int | None, most: int | None) -> bool:
    return least is None or most is None or least <= most


def _within(allowed: range, *sizes: int | None) -> bool:
    return all(size is None or size in allowed for size in sizes)
