"""A recorded console as an SVG picture that fetches nothing: Rich's own form asks a server on the internet for its font."""

from __future__ import annotations

from rich.console import Console

# The names in braces are Rich's, see `Console.export_svg`. Each run of text has its width from Rich, so any fixed-width
# font will do.
_FORM = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{
        font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
    }}
    .{unique_id}-title {{
        font-size: 18px;
        font-weight: bold;
        font-family: system-ui, Arial, sans-serif;
    }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


def from_console(console: Console, *, title: str) -> str:
    """Return what a recording console has shown as SVG, and let it forget that."""
    drawn = console.export_svg(title=title, code_format=_FORM, unique_id="demo")
    return "".join(f"{line.rstrip()}\n" for line in drawn.splitlines())
