#!/usr/bin/env python3
"""Runs Prowler and driftline against the same moto estate and compares their verdicts, resource by resource.

usage: compare.py --driftline FILE --prowler FILE [--keep FOLDER] [--write]

A verdict of the peer's check P on a resource is held against ours: of the checks that name P in `controls.prowler`, on
the same resource. A pair of different verdicts must be told and judged by a row of reviewed.toml, or the comparison
fails. --write writes docs/prowler.md anew. --keep FOLDER runs nothing and reads what an earlier run left there, if
anything did.
"""
import argparse
import collections
import contextlib
import fnmatch
import glob
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ESTATE = ROOT.parent / "shared" / "estate"
REGIONS = ["us-east-1", "eu-west-1"]
SEED, SCALE, PORT = 7, 2, 4597
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def run_both(driftline, prowler, folder):
    """Has both look at the management account of the same estate; leaves their reports in `folder`.

    What moto lacks it answers with an error page, which stops Prowler's services, so both see empty answers instead.
    VPC Block Public Access is the one of these that bears on what the internet reaches: an empty answer leaves it
    unknown, where an API that is not there at all counts as AWS's default. So driftline looks a second time, at an
    estate with the same ids without the empty answers, for what the internet reaches.
    """
    with estate(folder, fill_gaps=True) as environment:
        look(driftline, environment, folder / "ours.json")
        services = sorted({row["service"] for row in peer_checks().values()})
        theirs = [prowler, "aws", "--services", *services, "--region", *REGIONS, "--output-formats", "json-ocsf"]
        theirs += ["--output-directory", folder / "prowler", "--no-banner", "--ignore-exit-code-3", "--scan-unused-services"]
        with open(folder / "prowler.log", "w", encoding="utf-8") as log:
            done = subprocess.run(theirs, env=environment, stdout=log, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.exit(f"Prowler ended with {done.returncode}: see {folder}/prowler.log")
    with estate(folder, fill_gaps=False) as environment:
        look(driftline, environment, folder / "ours-bare.json")


@contextlib.contextmanager
def estate(folder, fill_gaps):
    """A moto server with the estate in it, as the environment that leads to it."""
    url = f"http://127.0.0.1:{PORT}"
    command = [sys.executable, ESTATE / "serve_moto.py", "--quiet", "--port", str(PORT)] + ["--fill-gaps"] * fill_gaps
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(url).read()
                break
            except OSError:
                time.sleep(0.1)
        seed = [sys.executable, ESTATE / "seed_estate.py", url, "--accounts", "1", "--regions", ",".join(REGIONS)]
        seed += ["--scale", str(SCALE), "--seed", str(SEED), "--out", folder / "expected.json"]
        subprocess.run(seed, check=True, stdout=subprocess.DEVNULL)
        yield {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | CREDENTIALS | {"AWS_ENDPOINT_URL": url}
    finally:
        server.kill()
        server.wait()


def look(driftline, environment, report):
    ours = [driftline, "scan", "--no-config", "-q", "--passes", "-r", ",".join(REGIONS), "-o", f"json={report}"]
    done = subprocess.run(ours, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 3, 4):
        sys.exit(f"driftline ended with {done.returncode}: {done.stderr}")


def peer_checks():
    """The peer's checks in our scope, by id."""
    with open(ROOT / "docs" / "coverage" / "ids.txt", encoding="utf-8") as lines:
        rows = (line.split() for line in lines if line.strip() and not line.startswith("#"))
        return {row[1]: {"service": row[0]} for row in rows}


def answers():
    """Our checks, by the peer's id; and how wide the verdicts are that can be compared, by the peer's id."""
    ours, types = collections.defaultdict(set), collections.defaultdict(set)
    for path in glob.glob(str(ROOT / "checks" / "*" / "*.toml")):
        check = tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8")).get("check", {})
        for peer in check.get("controls", {}).get("prowler", []):
            ours[peer].add(check["id"])
            kinds = check["resource_type"]
            types[peer].update([kinds] if isinstance(kinds, str) else kinds)
    width = {}
    for peer, kinds in types.items():
        if kinds & OF_ACCOUNT:
            width[peer] = "account"
        elif kinds & OF_REGION:
            width[peer] = "region"
    return ours, width


# Of these there is one in an account or a region, and the tools name it in different ways.
OF_ACCOUNT = {"AWS::::Account", "AWS::Organizations::Organization", "AWS::Organizations::Root", "AWS::Organizations::Account"}
OF_REGION = {
    "AWS::::Region",
    "AWS::AccessAnalyzer::Analyzer",
    "AWS::Config::ConfigurationRecorder",
    "AWS::Config::DeliveryChannel",
    "AWS::GuardDuty::Detector",
    "AWS::SecurityHub::Hub",
}


def short(uid):
    """What is left of an ARN or id that both write in the same way."""
    if not uid:
        return ""
    if re.fullmatch(r"arn:[^:]*:iam::\d+:root", uid):
        return "root"
    if uid.startswith("arn:"):
        uid = uid.split(":", 5)[5]
        # Names may have paths, ids have not.
        for kind in ("user/", "role/", "group/", "policy/", "instance-profile/"):
            if uid.startswith(kind):
                return kind + uid.rsplit("/", 1)[1]
        uid = uid.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return uid


def worst(verdicts):
    return next((word for word in ("fail", "unknown", "suppressed", "pass") if word in verdicts), "none")


def key(peer, region, resource, width):
    """What two verdicts have to share to be of the same thing."""
    match width.get(peer):
        case "account":
            return peer, "global", "account"
        case "region":
            return peer, region, "region"
    # What is global has a region of the peer's choosing.
    if resource.startswith(("user/", "role/", "group/", "policy/")) or peer.startswith("iam_"):
        region = "global"
    if "/access-key/" in resource:
        resource = resource.split("/access-key/")[0]
    return peer, region, short(resource)


def read_ours(path, peers, width):
    """By key, our verdict."""
    by_check = collections.defaultdict(set)
    for peer, checks in peers.items():
        for check in checks:
            by_check[check].add(peer)
    found = collections.defaultdict(set)
    for finding in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["findings"]:
        resource = finding["resource"] or {}
        name = resource.get("arn") or resource.get("id") or "scope"
        for peer in by_check.get(finding["rule"], ()):
            found[key(peer, finding.get("region"), name, width)].add(finding["status"])
    return {key: worst(verdicts) for key, verdicts in found.items()}


def read_theirs(folder, peers, width):
    found = collections.defaultdict(set)
    (path,) = glob.glob(str(folder / "prowler" / "*.ocsf.json"))
    for finding in json.loads(pathlib.Path(path).read_text(encoding="utf-8")):
        peer = finding["metadata"]["event_code"]
        for resource in finding["resources"] if peer in peers else ():
            found[key(peer, resource["region"], resource["uid"], width)].add(finding["status_code"].lower())
    return {key: worst(verdicts) if verdicts & {"fail", "pass"} else "manual" for key, verdicts in found.items()}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--driftline", default=ROOT / "target" / "release" / "driftline")
    options.add_argument("--prowler", default=ROOT / ".venv-prowler" / "bin" / "prowler")
    options.add_argument("--keep", type=pathlib.Path)
    options.add_argument("--write", action="store_true")
    options = options.parse_args()
    folder = (options.keep or pathlib.Path(tempfile.mkdtemp(prefix="compare-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not glob.glob(str(folder / "prowler" / "*.ocsf.json")):
        run_both(options.driftline, options.prowler, folder)

    known, (peers, width) = peer_checks(), answers()
    ours, theirs = read_ours(folder / "ours.json", peers, width), read_theirs(folder, known, width)
    bare = read_ours(folder / "ours-bare.json", peers, width)
    ours |= {where: verdict for where, verdict in bare.items() if where[0].startswith("ec2_instance_port_")}
    reviewed = tomllib.loads((HERE / "reviewed.toml").read_text(encoding="utf-8"))["row"]
    used, tables, open_rows = set(), collections.defaultdict(collections.Counter), collections.defaultdict(list)
    for where in sorted(set(ours) | set(theirs)):
        peer, region, resource = where
        pair = (ours.get(where, "none"), theirs.get(where, "none"))
        # A check of ours that answers several of theirs may look at more types than each of them.
        if pair[1] == "none" and pair[0] != "fail" or pair[0] == "none" and peer not in peers:
            continue
        if pair[0] == pair[1]:
            tables[peer]["agree"] += 1
            continue
        index = next((n for n, row in enumerate(reviewed) if fits(row, peer, resource, pair)), None)
        if index is None:
            open_rows[peer, pair].append(f"{region} {resource}")
        else:
            used.add(index)
            tables[peer][reviewed[index]["who"]] += 1
    for (peer, pair), resources in open_rows.items():
        print(f"{peer}: ours {pair[0]}, theirs {pair[1]}: {len(resources)} of {', '.join(resources[:6])}")
    for index, row in enumerate(reviewed):
        if index not in used:
            print(f"reviewed.toml has a row that nothing fits: {row}")
    total = sum((counts for counts in tables.values()), collections.Counter())
    print(", ".join(f"{what}: {number}" for what, number in sorted(total.items())), f"open: {sum(map(len, open_rows.values()))}")
    if options.write:
        write(tables, reviewed, used, total, open_rows)
    print(f"kept in {folder}", file=sys.stderr)
    sys.exit(1 if open_rows else 0)


def fits(row, peer, resource, pair):
    return (
        fnmatch.fnmatch(peer, row["peer"])
        and fnmatch.fnmatch(resource, row.get("resource", "*"))
        and row.get("ours", pair[0]) == pair[0]
        and row.get("theirs", pair[1]) == pair[1]
    )


def write(tables, reviewed, used, total, open_rows):
    columns = ["agree", "ours", "theirs", "not comparable"]
    heads = ["agree", "we are right", "they are right", "not comparable"]
    out = [
        "# Beside Prowler on the same account",
        "",
        "Written by `tests/prowler/compare.py --write`; rows are verdicts on one resource. The account is the estate of",
        f"docs/verification.md (seed {SEED}, scale {SCALE}, {len(REGIONS)} regions) on moto. Differences are explained by class, from what",
        "the estate's maker put there, and not one resource at a time: a class that is \"not comparable\" may hide single verdicts in",
        "which Prowler is right. What is not explained yet is listed as such. Prowler 5.46.0 is what `./measure prowler` installs.",
        "",
        "| peer's check | " + " | ".join(heads) + " |",
        "|---|---|---|---|---|",
    ]
    for peer in sorted(tables):
        out.append(f"| {peer} | " + " | ".join(str(tables[peer][column] or "") for column in columns) + " |")
    out.append("| all | " + " | ".join(str(total[column]) for column in columns) + " |")
    out += ["", "## The differences", "", "| peer's check | resource | ours | theirs | who is right | why |", "|---|---|---|---|---|---|"]
    who = dict(zip(columns, heads))
    for index in sorted(used, key=lambda n: (reviewed[n]["peer"], n)):
        row = reviewed[index]
        cells = [row["peer"], row.get("resource", "*"), row.get("ours", "any"), row.get("theirs", "any"), who[row["who"]], row["why"]]
        out.append("| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") for cell in cells) + " |")
    if open_rows:
        out += ["", "## Not explained yet", "", "| peer's check | ours | theirs | resources |", "|---|---|---|---|"]
        out += [f"| {peer} | {' | '.join(pair)} | {len(resources)} |" for (peer, pair), resources in open_rows.items()]
    (ROOT / "docs" / "prowler.md").write_text("\n".join(out) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
