"""docs/prowler.md: how many verdicts agree, and every difference with who is right and why."""
import collections

HEADS = {"agree": "agree", "ours": "we are right", "theirs": "they are right", "not comparable": "not comparable"}


def page(result, rows, seed, scale, regions):
    out = [
        "# Beside Prowler on the same account",
        "",
        "Written by `tests/prowler/compare.py --write`, which docs/verification.md tells how to run; rows are verdicts on one",
        f"resource. The account is the estate of docs/verification.md (seed {seed}, scale {scale}, {regions} regions) on moto. Both tools have",
        "the same limits, Prowler's own (`tests/prowler/driftline.toml`); where Prowler has a check for each port or action and ours",
        "has a list of them, ours counts for what Prowler's check asks about alone. A difference is explained for resources that are",
        "named, or for a reason that the comparison looks up for each resource, in what moto says of it or in another verdict: a new",
        "difference in the same check on another resource is an error. Prowler is 5.46.0.",
        "",
        f"Left out are {result.foreign} verdicts of Prowler's on snapshots that other accounts own, which moto lists with the account's.",
        "",
        "| peer's check | " + " | ".join(HEADS.values()) + " |",
        "|---|---|---|---|---|",
    ]
    for peer, counts in sorted(result.counts.items()):
        out.append(f"| {peer} | " + " | ".join(str(counts[head] or "") for head in HEADS) + " |")
    total = sum(result.counts.values(), collections.Counter())
    out.append("| all | " + " | ".join(str(total[head]) for head in HEADS) + " |")
    out += ["", "## The differences", "", "| peer's check | ours | theirs | resources | who is right | why |", "|---|---|---|---|---|---|"]
    for index, found in sorted(result.explained.items(), key=lambda item: (sorted(item[1])[0], item[0])):
        row = rows[index]
        pairs = {pair for _, pair, _ in found}
        peers, resources = sorted({peer for peer, _, _ in found}), sorted({name for _, _, name in found})
        words = [" or ".join(sorted({pair[side] for pair in pairs})) for side in (0, 1)]
        cells = [listed(peers, 3), *words, listed(resources, 8), HEADS[row["who"]], row["why"]]
        out.append("| " + " | ".join(cell.replace("|", "\\|").replace("*", "\\*") for cell in cells) + " |")
    if result.open:
        out += ["", "## Not explained yet", "", "| peer's check | ours | theirs | resources |", "|---|---|---|---|"]
        out += [f"| {peer} | {' | '.join(pair)} | {listed(sorted(names), 8)} |" for (peer, pair), names in result.open.items()]
    return "\n".join(out) + "\n"


def listed(names, most):
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
