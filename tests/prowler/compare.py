#!/usr/bin/env python3
"""Runs Prowler and driftline against the same moto estate and compares their verdicts, resource by resource.

usage: compare.py --driftline FILE --prowler FILE [--keep FOLDER] [--seed N] [--scale N] [--write]

A verdict of the peer's check P on a resource is held against ours: of the checks that name P in `controls.prowler`, on
the same resource, and where P asks about some ports, for these alone. A pair of different verdicts must be explained by
a row of reviewed.toml, or the comparison fails. --write writes docs/prowler.md anew. --keep FOLDER collects nothing
and judges what an earlier run left there, if anything did.
"""
import argparse
import collections
import fnmatch
import glob
import pathlib
import subprocess
import sys
import tempfile
import tomllib

import estate
import page
import reasons
import verdicts

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = HERE / "driftline.toml"
SEED, SCALE = 7, 2


def look(options, folder):
    """Has both look at the management account of the same estate; leaves what they saw in `folder`.

    What moto lacks it answers with an error page, which stops Prowler's services, so both see empty answers instead.
    VPC Block Public Access is the one of these that bears on what the internet reaches: an empty answer leaves it
    unknown, where an API that is not there at all counts as AWS's default. So driftline looks a second time, at an
    estate with the same ids without the empty answers, for what the internet reaches.
    """
    with estate.served(folder, options.seed, options.scale, fill_gaps=True) as environment:
        estate.describe(environment, folder / "estate.json")
        collect(options.driftline, environment, folder / "ours.dls")
        services = sorted(set(verdicts.peer_checks().values()))
        theirs = [options.prowler, "aws", "--services", *services, "--region", *estate.REGIONS, "--output-formats", "json-ocsf"]
        theirs += ["--output-directory", folder / "prowler", "--no-banner", "--ignore-exit-code-3", "--scan-unused-services"]
        with open(folder / "prowler.log", "w", encoding="utf-8") as log:
            done = subprocess.run(theirs, env=environment, stdout=log, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.exit(f"Prowler ended with {done.returncode}: see {folder}/prowler.log")
    with estate.served(folder, options.seed, options.scale, fill_gaps=False) as environment:
        collect(options.driftline, environment, folder / "ours-bare.dls")


def collect(driftline, environment, snapshot):
    run([driftline, "snapshot", "--config", CONFIG, "-q", "-r", ",".join(estate.REGIONS), "-o", snapshot], environment)


def judge(driftline, snapshot, scope):
    report = snapshot.with_suffix(".json")
    run([driftline, "scan", "--config", CONFIG, "-q", "--passes", "--snapshot", snapshot, "-o", f"json={report}"])
    return verdicts.Ours(report, scope)


def run(command, environment=None):
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3, 4):
        sys.exit(f"driftline ended with {done.returncode}: {done.stderr}")


def of_exposure(peer):
    return peer.startswith("ec2_instance_port_") or peer == "ec2_instance_internet_facing_with_instance_profile"


class Result:
    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)
        # By the number of a row: (peer's check, both words, resource).
        self.explained = collections.defaultdict(set)
        # By the peer's check and both words: resources.
        self.open = collections.defaultdict(list)
        self.foreign = 0


def compare(driftline, folder, rows):
    known, scope = verdicts.peer_checks(), verdicts.Scope()
    ours, bare = (judge(driftline, folder / name, scope) for name in ("ours.dls", "ours-bare.dls"))
    ours.verdicts |= {key: word for key, word in bare.verdicts.items() if of_exposure(key.peer)}
    theirs = verdicts.theirs(folder, known, scope)
    account = estate.Estate(folder / "estate.json")
    result = Result()
    for key in sorted(set(ours.verdicts) | set(theirs)):
        pair = (ours.verdicts.get(key, "none"), theirs.get(key, "none"))
        # A check of ours that answers several of theirs may look at more types than each of them.
        if pair[1] == "none" and pair[0] != "fail" or key.peer not in scope.answered:
            continue
        if account.is_foreign(key.resource):
            result.foreign += 1
        elif pair[0] == pair[1]:
            result.counts[key.peer]["agree"] += 1
        else:
            case = reasons.Case(key, pair, ours, theirs, account)
            index = next((index for index, row in enumerate(rows) if explains(row, case)), None)
            if index is None:
                result.open[key.peer, pair].append(f"{key.region} {account.name(key)}")
            else:
                result.explained[index].add((key.peer, pair, account.name(key)))
                result.counts[key.peer][rows[index]["who"]] += 1
    return result


def explains(row, case):
    return (
        any(fnmatch.fnmatch(case.key.peer, peer) for peer in row["peers"])
        and row.get("ours", case.our_word) == case.our_word
        and row.get("theirs", case.their_word) == case.their_word
        and ("resources" not in row or case.estate.name(case.key) in row["resources"])
        and ("because" not in row or getattr(reasons, row["because"])(case))
    )


def read_rows():
    rows = tomllib.loads((HERE / "reviewed.toml").read_text(encoding="utf-8"))["row"]
    for row in rows:
        if "resources" not in row and "because" not in row:
            sys.exit(f"reviewed.toml has a row for whatever resource: {row}")
    return rows


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--driftline", default=verdicts.ROOT / "target" / "release" / "driftline")
    options.add_argument("--prowler", default=verdicts.ROOT / ".venv-prowler" / "bin" / "prowler")
    options.add_argument("--keep", type=pathlib.Path)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--scale", type=int, default=SCALE)
    options.add_argument("--write", action="store_true")
    options = options.parse_args()
    folder = (options.keep or pathlib.Path(tempfile.mkdtemp(prefix="compare-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not glob.glob(str(folder / "prowler" / "*.ocsf.json")):
        look(options, folder)

    rows = read_rows()
    result = compare(options.driftline, folder, rows)
    for (peer, pair), resources in result.open.items():
        print(f"{peer}: ours {pair[0]}, theirs {pair[1]}: {len(resources)} of {', '.join(resources[:6])}")
    for index in sorted(set(range(len(rows))) - set(result.explained)):
        print(f"reviewed.toml has a row that nothing fits: {rows[index]}")
    total = sum(result.counts.values(), collections.Counter())
    counts = [f"{what}: {number}" for what, number in sorted(total.items())]
    print(", ".join(counts + [f"left out: {result.foreign}", f"open: {sum(map(len, result.open.values()))}"]))
    if options.write:
        text = page.page(result, rows, options.seed, options.scale, len(estate.REGIONS))
        (verdicts.ROOT / "docs" / "prowler.md").write_text(text, encoding="utf-8")
    print(f"kept in {folder}", file=sys.stderr)
    sys.exit(1 if result.open else 0)


if __name__ == "__main__":
    main()
