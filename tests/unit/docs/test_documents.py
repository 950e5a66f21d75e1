"""What the documents promise: links lead somewhere, commands and settings exist, manifests are ones that can be applied."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
import yaml
from mwaa_operator.api.mwaa_dag_run import MwaaDagRun
from mwaa_operator.api.mwaa_environment import MwaaEnvironment
from mwaa_operator.cli.kubectl.app import COMMANDS, application
from mwaa_operator.controller.settings import Settings

ROOT = Path(__file__).parents[3]
FOLDERS = ("", "docs/", "examples/", "manifests/", "manifests/argocd/")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))
KINDS = {"MwaaEnvironment": MwaaEnvironment, "MwaaDagRun": MwaaDagRun}
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]*))?\)")
CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
YAML = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLUGIN = re.compile(r"kubectl mwaa ([^`#|>\n\\]*)")
OPTION = re.compile(r"(?<!\S)(--?[a-zA-Z][a-z-]*)")


def named(path):
    return str(path.relative_to(ROOT))


def anchors(page):
    """The anchors that GitHub makes of headings."""
    titles = re.findall(r"^#+ +(.*)$", CODE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [*PAGES, *REFERENCE], ids=named)
def test_links_lead_somewhere(page):
    text = re.sub(r"`[^`\n]*`", "", CODE.sub("", page.read_text(encoding="utf-8")))
    for path, anchor in LINK.findall(text):
        there = page.parent / path if path else page
        assert there.exists(), path
        assert not anchor or anchor in anchors(there), f"{path}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_manifests_can_be_applied(page):
    for text in YAML.findall(page.read_text(encoding="utf-8")):
        for document in yaml.safe_load_all(text):
            model = KINDS.get(document.get("kind")) if isinstance(document, dict) else None
            if model and "# ..." not in text:  # which leaves something out
                metadata = document["metadata"]
                name = metadata.get("name") or metadata["generateName"] + "0"
                model.from_object({**document, "metadata": {**metadata, "name": name}})


def cited(page):
    """The numbers that code names of a page's sections, and of the rules below them: "4.7" for the seventh of section 4."""
    citation = re.compile(rf"\b{page}(?:\.md)?`? §(\d+(?:\.\d+)?)")
    files = [path for folder in ("operator", "sandbox", "tests", "docs") for path in (ROOT / folder).rglob("*.py")]
    return {number for path in files for number in citation.findall(path.read_text(encoding="utf-8"))}


def numbered(path):
    """The numbers of a page's sections, and of the rules below them."""
    found, section = set(), ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"#+ (\d+(?:\.\d+)?)\.? ", line):
            section = heading[1]
            found.add(section)
        elif rule := re.match(r"(\d+)\. ", line):
            found.add(f"{section}.{rule[1]}")
    return found


@pytest.mark.parametrize(("page", "path"), [("design", "design.md"), ("mwaa-behaviour", "mwaa-behaviour.md")])
def test_sections_that_code_cites_are_there(page, path):
    wanted = cited(page)
    assert len(wanted) > 5
    assert wanted <= numbered(ROOT / "docs" / path)


def options():
    """The options of each command of the plugin."""
    group = typer.main.get_command(application(COMMANDS))
    return {name: {word for each in command.params for word in each.opts} for name, command in group.commands.items()}


def test_commands_of_the_plugin_and_their_options_exist():
    known = options()
    for page in PAGES:
        for line in PLUGIN.findall(page.read_text(encoding="utf-8")):
            command, _, rest = line.partition(" -- ")[0].partition(" ")
            assert command in known or not re.fullmatch(r"[a-z]+", command), f"{page.name}: {line}"
            unknown = set(OPTION.findall(rest)) - known.get(command, set()) - {"-h", "--help"}
            assert not unknown, f"{page.name}: {line}"


def test_targets_of_make_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named_here = re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text(encoding="utf-8"))
        assert set(named_here) <= targets, page.name


def test_variables_are_read_by_somebody():
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "operator").rglob("*.py"))
    for page in PAGES:
        for setting in re.findall(r"MWAA_OPERATOR_([A-Z_]*[A-Z])", page.read_text(encoding="utf-8")):
            assert setting.lower() in Settings.model_fields or f"MWAA_OPERATOR_{setting}" in code, page.name
