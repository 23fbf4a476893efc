"""Wall time of the hook on a commit that touches one file of a repository of 300 migrations,
beside other linters on the same file in the same run.

    python bench/hook.py [--migrations 300] [--runs 7] [--tool NAME=COMMAND ...]

A tool that is not on PATH is left out and said. `{file}` in a command is the changed migration.
The other tools see that one file; ctb audits the whole schema before and after.
"""

import argparse
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOOLS = {
    "ctb": f"{sys.executable} -m ctb_audit.cli audit --staged --quiet --no-log",
    "squawk": "squawk {file}",
    "sqlfluff": "sqlfluff lint --dialect postgres {file}",
    "pgrubic": "pgrubic lint {file}",
}
TABLE = """\
CREATE TABLE t{0} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  heir_id varchar(50) NOT NULL UNIQUE,
  process_id varchar(50) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(100) NOT NULL,
  orbt_layer integer NOT NULL DEFAULT 1 CHECK (orbt_layer BETWEEN 1 AND 4),
  blueprint_version varchar(20) NOT NULL DEFAULT '1.0',
  status text,
  parent_id bigint REFERENCES t{1} (id)
);
CREATE FUNCTION touch_t{0}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at = now();
  RETURN NEW;
END
$$;
CREATE TRIGGER touch BEFORE UPDATE ON t{0} FOR EACH ROW EXECUTE FUNCTION touch_t{0}();
"""
ALTER = "ALTER TABLE t{0} ADD COLUMN note_{1} text;\nCREATE INDEX t{0}_{1} ON t{0} (note_{1});\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--migrations", type=int, default=300)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--tool", action="append", default=[], metavar="NAME=COMMAND")
    options = parser.parse_args()
    tools = {**TOOLS, **dict(item.split("=", 1) for item in options.tool)}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        changed = prepare(root, options.migrations)
        print(f"{options.migrations} migrations, {options.runs} runs, seconds: median (least)")
        for tool, command in tools.items():
            words = [word.replace("{file}", changed) for word in shlex.split(command)]
            if shutil.which(words[0]) is None:
                print(f"{tool:<10} not on PATH")
                continue
            print(f"{tool:<10} {measured(words, root, options.runs)}")


def prepare(root: Path, migrations: int) -> str:
    """A repository with one migration staged; returns its path."""
    folder = root / "migrations"
    folder.mkdir()
    for number in range(migrations):
        path = folder / f"{number:03}_step.sql"
        table = number // 3
        text = (
            TABLE.format(table, max(table - 1, 0))
            if number % 3 == 0
            else ALTER.format(table, number)
        )
        path.write_text(text)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all")
    changed = f"migrations/{migrations:03}_change.sql"
    (root / changed).write_text(ALTER.format(0, "new"))
    git(root, "add", "-A")
    return changed


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True)


def measured(words: list[str], root: Path, runs: int) -> str:
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        done = subprocess.run(words, cwd=root, capture_output=True, check=False)
        times.append(time.perf_counter() - start)
    found = times[1:]  # the first one warms the caches of the disk
    return f"{statistics.median(found):.2f} ({min(found):.2f})  exit {done.returncode}"


if __name__ == "__main__":
    main()
