"""Says at the end of a run which points were tried, so that they can be tried again."""

from itertools import groupby

from .choice import SEED


def pytest_terminal_summary(terminalreporter):
    tried = [
        point
        for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
        for name, points in report.user_properties
        if name == "crash_points" and report.when == "call"
        for point in points
    ]
    if not tried:
        return
    terminalreporter.section("crash test")
    terminalreporter.line(f"The operator was killed at {len(tried)} points, drawn by CRASH_SEED={SEED}:")
    for scenario, points in groupby(tried, key=lambda point: point.partition(":")[0]):
        terminalreporter.line(f"{scenario}: {', '.join(point.partition(':')[2] for point in points)}")
