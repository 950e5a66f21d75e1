"""A git repository that a test writes into."""

from __future__ import annotations

import subprocess

from mwaa_sandbox.process import clean_environment


class Repository:
    """A working tree with its repository, as somebody has it who pushes."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments, **options):
        variables = {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            **{f"GIT_{who}_{what}": "a" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=clean_environment(**variables),
            check=False,
            capture_output=True,
            text=True,
            **options,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files):
        """Write files, by their paths."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")

    def commit(self):
        """Commit all that there is; gives the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "a change")
        return self.head()

    def head(self):
        return self.git("rev-parse", "HEAD")
