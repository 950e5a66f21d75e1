"""A line chart as SVG, without a plotting library: the one picture does not earn one."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 44, 48


@dataclass(frozen=True)
class Line:
    """A curve and its name."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]


def chart(*, title: str, x_label: str, y_label: str, lines: Sequence[Line]) -> str:
    """Draw curves that begin at zero, as steps."""
    most_x = max(x for line in lines for x, _ in line.points)
    most_y = max(y for line in lines for _, y in line.points)
    x_step, y_step = _step(most_x), _step(most_y)

    def place(x: float, y: float) -> tuple[float, float]:
        across = LEFT + x / most_x * (WIDTH - LEFT - RIGHT)
        return across, HEIGHT - BOTTOM - y / (most_y * 1.05) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="24" font-size="16" font-weight="600">{escape(title)}</text>',
    ]
    for value in _ticks(most_y, y_step):
        x, y = place(0, value)
        parts.append(f'<line x1="{x}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#e6e6e6"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{value:g}</text>')
    for value in _ticks(most_x, x_step):
        x, y = place(value, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle" fill="#555">{value:g}</text>')
    for row, line in enumerate(lines):
        path = _steps([place(x, y) for x, y in line.points])
        parts.append(f'<path d="{path}" fill="none" stroke="{line.colour}" stroke-width="2"/>')
        height = HEIGHT - BOTTOM - 20 - 20 * (len(lines) - 1 - row)
        parts.append(f'<rect x="{WIDTH - 240}" y="{height - 10}" width="12" height="12" fill="{line.colour}"/>')
        parts.append(f'<text x="{WIDTH - 222}" y="{height}">{escape(line.name)}</text>')
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 10}" text-anchor="end" fill="#555">{escape(x_label)}</text>')
    parts.append(f'<text x="{LEFT}" y="{TOP - 4}" fill="#555">{escape(y_label)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _steps(points: Sequence[tuple[float, float]]) -> str:
    (x, y), *rest = points
    return f"M{x:.1f},{y:.1f}" + "".join(f"H{across:.1f}V{up:.1f}" for across, up in rest)


def _ticks(most: float, step: float) -> list[float]:
    return [step * number for number in range(int(most / step) + 1)]


def _step(most: float) -> float:
    """A round distance between about five ticks."""
    rough = most / 5
    scale = 10 ** (len(str(int(rough))) - 1)
    return float(next(scale * nice for nice in (1, 2, 5, 10) if scale * nice >= rough))
