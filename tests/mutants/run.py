#!/usr/bin/env python3
"""Whether the tests of exposure notice when a mistake that other tools make is made here.

    tests/mutants/run.py [NAME ...]

Copies the working tree to a scratch folder, makes each mistake of `mutants.toml` in turn, and expects the tests to
fail: first the truth tables and the recorded networks, then, if those pass, the solver and the properties. A mistake
that no longer fits its file, does not compile, or is not noticed, ends with 1. It is no part of ./test, because each
mistake compiles the library anew. DRIFTLINE_PYTHON names the interpreter, as for the tests.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
# All of them ask the binary, so that a mistake costs one build of the library and no build of the tests.
QUICK = ["exposure::scenarios", "exposure::labs"]
SLOW = ["exposure::metamorphic", "exposure::z3"]


def copy(to):
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                           check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    # The recorded networks lie beside the repository.
    (to.parent / "shared").symlink_to(ROOT.parent / "shared")


def environment():
    python = os.environ.get("DRIFTLINE_PYTHON") or str(ROOT / ".venv/bin/python")
    target = os.environ.get("CARGO_TARGET_DIR") or str(ROOT / "target/mutants")
    return os.environ | {"DRIFTLINE_PYTHON": python, "CARGO_TARGET_DIR": target, "CARGO_INCREMENTAL": "0",
                         "CARGO_PROFILE_DEV_DEBUG": "0", "CARGO_PROFILE_TEST_DEBUG": "0"}


def cargo(folder, *arguments):
    return subprocess.run(["cargo", *arguments, "--no-default-features"], cwd=folder, env=environment(),
                          capture_output=True, text=True)


def test_binary(folder):
    built = cargo(folder, "test", "--no-run", "--test", "it", "--message-format=json")
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "it":
            return message["executable"]
    sys.exit(f"the tests do not compile:\n{built.stderr[-2000:]}")


def failed(folder, tests, filters):
    """The tests that fail; raises if none could be run."""
    done = subprocess.run([tests, *filters], cwd=folder, env=environment(), capture_output=True, text=True)
    if done.returncode == 0:
        return []
    names = sorted(set(re.findall(r"^---- (\S+) stdout ----$", done.stdout, re.MULTILINE)))
    if not names:
        raise RuntimeError(f"the tests ended without naming one:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return names


def try_one(folder, tests, mutant):
    """What notices the mistake: the tests' names, or why it could not be tried."""
    changed = {}
    try:
        for edit in mutant["edit"]:
            path = folder / edit["file"]
            text = path.read_text()
            changed.setdefault(path, text)
            if text.count(edit["before"]) != 1:
                return None, f"`{edit['before']}` stands {text.count(edit['before'])} times in {edit['file']}"
            path.write_text(text.replace(edit["before"], edit["after"]))
        built = cargo(folder, "build", "--bin", "driftline")
        if built.returncode != 0:
            return None, f"it does not compile:\n{built.stderr[-1500:]}"
        return failed(folder, tests, QUICK) or failed(folder, tests, SLOW), None
    finally:
        for path, text in changed.items():
            path.write_text(text)


def main():
    mutants = tomllib.loads((ROOT / "tests/mutants/mutants.toml").read_text())["mutant"]
    wanted = [mutant for mutant in mutants if not sys.argv[1:] or mutant["name"] in sys.argv[1:]]
    survived = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "driftline"
        copy(folder)
        tests = test_binary(folder)
        broken = failed(folder, tests, QUICK)
        if broken:
            sys.exit(f"these tests fail without any mistake: {', '.join(broken)}")
        for mutant in wanted:
            names, why = try_one(folder, tests, mutant)
            survived += not names
            verdict = why or (f"noticed by {len(names)}: {', '.join(names[:3])}" if names else "NOT NOTICED")
            print(f"{mutant['name']}: {verdict}", flush=True)
    print(f"{len(wanted) - survived} of {len(wanted)} mistakes noticed")
    sys.exit(1 if survived else 0)


main()
