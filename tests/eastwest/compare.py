"""Holds what `driftline reach` answered against semantics.py.

    compare.py FOLDER

FOLDER/1 and so on have `describe`, `probes.ndjson` and `answers.ndjson`. Prints how many answers there were of each
verdict; ends with 1 and each difference.
"""

import collections
import json
import pathlib
import sys

from organization import Organization
from probes import meaning
from semantics import Undocumented, verdict


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def main():
    folder, counts, wrong = pathlib.Path(sys.argv[1]), collections.Counter(), []
    for network in sorted(folder.iterdir(), key=lambda path: int(path.name)):
        organization = Organization(network / "describe")
        answers = lines(network / "answers.ndjson")
        for asked, answer in zip(lines(network / "probes.ndjson"), answers, strict=True):
            try:
                right, why = verdict(organization, *meaning(organization, asked))
            except Undocumented:
                counts["not documented"] += 1
                continue
            counts[right] += 1
            if answer["verdict"] != right:
                wrong.append(f"{network.name}: {json.dumps(asked)} is {right} ({why}), and was told to be "
                             f"{answer['verdict']}: {answer['reason']}")
    print(json.dumps(counts))
    if wrong:
        print(f"{len(wrong)} differ", *wrong, sep="\n", file=sys.stderr)
        sys.exit(1)


main()
