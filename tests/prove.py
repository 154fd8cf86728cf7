"""`make prove-tests`: plant each bug of tests/mutants/ in a copy of the tree and demand that its tests turn red.

A patch begins with lines `# what the bug is` and `# red: <test>` (a pytest address; several lines name several
tests, each of which must fail). The same tests run once on the sound copy and must be green there: a test that is
red anyway proves nothing. The working tree is never touched.
Ends with 1 when a bug survives or a patch no longer applies.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MUTANTS = ROOT / "tests" / "mutants"
COPIED = ("registry", "workflows", "migrations", "templates", "features", "tests", "docs")
COPIED_FILES = ("pyproject.toml", "babel.cfg", "wsgi.py", "README.md", "Makefile")
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "out", "*.pyc", ".hypothesis", "pictures")
LIMIT_S = 600
"""For each test; on a busy machine starting up alone takes a while."""
GREEN, RED = 0, 1
"""What pytest ends with when all passed, and when some failed; anything else proves nothing."""


@dataclass(frozen=True)
class Mutant:
    """A planted bug: its patch, what it is, and the tests that must go red."""

    patch: Path
    what: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.patch.stem


def mutants(folder: Path = MUTANTS) -> list[Mutant]:
    """All planted bugs, by name; raises ValueError for one that names no test."""
    found = []
    for patch in sorted(folder.glob("*.patch")):
        head = [line[2:].strip() for line in patch.read_text(encoding="utf-8").splitlines() if line.startswith("# ")]
        tests = tuple(line.removeprefix("red:").strip() for line in head if line.startswith("red:"))
        words = " ".join(line for line in head if not line.startswith("red:"))
        if not (tests and words):
            raise ValueError(f"{patch.name} says neither what it is nor what must go red")
        found.append(Mutant(patch, words, tests))
    return found


def copy_tree(target: Path) -> None:
    """A plain copy of what the tests need; no history, no data."""
    target.mkdir()
    for name in COPIED:
        shutil.copytree(ROOT / name, target / name, ignore=LEFT_BEHIND)
    for name in COPIED_FILES:
        if (ROOT / name).exists():
            shutil.copy2(ROOT / name, target / name)
    for name in ("node_modules", ".venv"):
        if (ROOT / name).exists():
            (target / name).symlink_to(ROOT / name)


def apply(mutant: Mutant, tree: Path, *, check: bool = False) -> str:
    """Plant a bug in a tree (or see whether it could be); "" or what git says against it."""
    # GIT_DIR nowhere: a copy inside a repository would else be taken for that one, and nothing applied.
    nowhere = os.environ | {"GIT_DIR": os.devnull, "GIT_CEILING_DIRECTORIES": str(tree.parent)}
    command = ["git", "apply", "-C1", *(["--check"] if check else []), str(mutant.patch)]
    done = subprocess.run(command, cwd=tree, env=nowhere, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr.strip() or "git apply failed"


def run(asked: tuple[str, ...], tree: Path) -> tuple[int, str]:
    """What pytest ends with when asked for these tests, and its last lines."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line", *asked]
    quiet = os.environ | {
        "PYTHONPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(tree / ".h"),
    }
    try:
        done = subprocess.run(
            command, cwd=tree, env=quiet, capture_output=True, text=True, timeout=LIMIT_S * len(asked), check=False
        )
    except subprocess.TimeoutExpired:
        return -1, f"longer than {LIMIT_S * len(asked)} s"
    return done.returncode, "\n".join((done.stdout + done.stderr).strip().splitlines()[-4:])


def tried(mutant: Mutant, sound: Path, folder: Path) -> tuple[bool, str]:
    """Whether a planted bug is caught by each of its tests, and what to say if not."""
    tree = folder / mutant.name
    shutil.copytree(sound, tree, symlinks=True)
    try:
        if against := apply(mutant, tree):
            return False, f"does not apply: {against}"
        for test in mutant.tests:
            ended, words = run((test,), tree)
            if ended != RED or "skipped" in words.splitlines()[-1]:
                return False, f"{test}: pytest ended with {ended}: {words}"
        return True, ""
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def main(argv: list[str] | None = None) -> int:
    """Try them all, or those named, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only these bugs")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args(argv)
    chosen = [m for m in mutants() if not asked.names or m.name in asked.names]
    with tempfile.TemporaryDirectory(prefix="tailin-mutants-") as name:
        folder = Path(name)
        copy_tree(folder / "sound")
        begun = time.monotonic()
        # -x: the first red test with its reason, instead of the last of many without.
        ended, words = run(("-x", *dict.fromkeys(t for m in chosen for t in m.tests)), folder / "sound")
        if ended != GREEN:
            print(f"The tests are not green without a bug (pytest ended with {ended}):\n{words}")
            return 1
        print(
            f"{len(chosen)} planted bugs; their tests are green without them ({time.monotonic() - begun:.0f} s)",
            flush=True,
        )
        survivors = 0
        with ThreadPoolExecutor(asked.jobs) as pool:
            results = pool.map(lambda m: tried(m, folder / "sound", folder), chosen)
            for mutant, (killed, why) in zip(chosen, results, strict=True):
                survivors += not killed
                said = f"{'killed  ' if killed else 'SURVIVED'}  {mutant.name:24} {mutant.what}"
                print(f"{said}{f'  <- {why}' if why else ''}", flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} killed in {time.monotonic() - begun:.0f} s")
    return 1 if survivors or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
