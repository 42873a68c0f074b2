"""Holds what driftline printed against the formulas of semantics.py.

    compare.py FOLDER

FOLDER has `before` and `after` with the JSON of AWS, `before.json` and `after.json` with what `exposure` printed, and
`diff.json` with what `exposure diff` printed. Two sets are equal where no packet is in one and not in the other.
Prints what was compared; ends with 1 and each difference, with the packet that shows it.
"""

import collections
import json
import pathlib
import sys

from z3 import UGE, ULE, And, BoolVal, Not, Or, SimpleSolver, Xor, sat

from semantics import ICMP, NAMES, TCP, UDP, Network, Packet

COUNTS = collections.Counter()
PACKETS = {4: Packet(4), 6: Packet(6)}


def printed(regions, packet):
    """The regions of a set, as a formula."""
    parts = []
    for region in regions:
        sources = Or(*(packet.within(block) for block in region["sources"]))
        name, own = region["protocol"], ICMP[packet.family]
        ports = Or(*(packet.between(low, high) for low, high in region["ports"]))
        if name == "all":
            what = BoolVal(True)
        elif name == "other":
            # Its ports are the protocols' numbers.
            numbers = Or(*(And(UGE(packet.protocol, low), ULE(packet.protocol, min(high, 255)))
                           for low, high in region["ports"] if low <= 255))
            what = And(numbers, *(packet.protocol != number for number in (TCP, UDP, own)))
        else:
            number = NAMES.get(name) or int(name)
            what = packet.protocol == number
            if number in (TCP, UDP, own):
                what = And(what, ports)
        parts.append(And(sources, what))
    return Or(*parts)


def solve(formula):
    """A packet of the formula, in words; none if there is none."""
    solver = SimpleSolver()
    solver.add(formula)
    answer = solver.check()
    assert str(answer) in ("sat", "unsat"), answer
    COUNTS[str(answer)] += 1
    return str(solver.model()) if answer == sat else None


def differences(where, regions, formula, packet):
    """A packet that is in the printed regions and not of the formula, or the other way round."""
    witness = solve(Xor(And(packet.proper(), printed(regions, packet)), formula))
    return [f"{where} differs at {witness}"] if witness else []


def verdict(network, eni, delivered, conversational):
    if solve(delivered) is None:
        return "closed"
    if solve(conversational) is None:
        return "one-way"
    return "reachable" if network.is_live(eni) else "dormant"


def networks(folder):
    return {path.name: Network(path / "us-east-1") for path in sorted(folder.iterdir())}


def check_sets(folder, name, wrong):
    """Every endpoint of one snapshot: its verdict, and its three sets."""
    told = {}
    for endpoint in json.loads((folder / f"{name}.json").read_text())["endpoints"]:
        told[endpoint["account"], endpoint["resource"], endpoint["address"]] = endpoint
    for account, network in networks(folder / name).items():
        for eni, address, family in network.endpoints():
            COUNTS["endpoints"] += 1
            packet = PACKETS[family]
            delivered, conversational = network.delivered(eni, packet), network.conversational(eni, packet)
            mediated = network.is_mediated(eni, family)
            right = verdict(network, eni, delivered, conversational)
            if mediated and right != "closed":
                right = "unknown"
            COUNTS[right] += 1
            endpoint = told.pop((account, eni["NetworkInterfaceId"], address), None)
            where = f"{name} {account} {address}"
            if endpoint is None:
                wrong.append(f"{where}: not told, and it is {right}")
                continue
            if endpoint["verdict"] != right:
                wrong.append(f"{where}: told to be {endpoint['verdict']}, and it is {right}")
            # What an appliance passes on is at most this, and may be nothing.
            sets = endpoint["may"] or endpoint
            for member, set_ in (("delivered", delivered), ("conversational", conversational)):
                wrong += differences(f"{where}: {member}", sets[member], set_, packet)
            if sets is not endpoint and (endpoint["delivered"] or not mediated):
                wrong.append(f"{where}: its bounds are not those of an appliance")
            if sets["live"] != (sets["conversational"] if network.is_live(eni) else []):
                wrong.append(f"{where}: live is not what is answered by what runs")
    wrong += [f"{name} {key}: told, and there is no such endpoint" for key, e in told.items() if e["verdict"] != "closed"]


def check_diff(folder, wrong):
    """Every endpoint of both snapshots: what the change opened and closed."""
    told = {}
    for change in json.loads((folder / "diff.json").read_text())["changes"]:
        if change["level"] == "conversational":
            told[change["resource"], change["address"]] = change
    before, after = networks(folder / "before"), networks(folder / "after")
    for account, old in before.items():
        new = after[account]
        for eni, address, family in old.endpoints():
            if old.is_mediated(eni, family) or new.is_mediated(eni, family):
                COUNTS["mediated"] += 1
                told.pop((eni["NetworkInterfaceId"], address), None)
                continue
            packet = PACKETS[family]
            was, is_ = old.conversational(eni, packet), new.conversational(eni, packet)
            opened, closed = solve(And(is_, Not(was))), solve(And(was, Not(is_)))
            right = {(False, False): "equal", (True, False): "widened", (False, True): "narrowed",
                     (True, True): "mixed"}[bool(opened), bool(closed)]
            COUNTS[right] += 1
            change = told.pop((eni["NetworkInterfaceId"], address), {"verdict": "equal", "opened": [], "closed": []})
            where = f"diff {account} {address}"
            if change["verdict"] != right:
                wrong.append(f"{where}: told to be {change['verdict']}, and it is {right}: {opened} {closed}")
                continue
            if opened or change["opened"]:
                wrong += differences(f"{where}: opened", change["opened"], And(is_, Not(was)), packet)
            if closed or change["closed"]:
                wrong += differences(f"{where}: closed", change["closed"], And(was, Not(is_)), packet)
    wrong += [f"diff {key}: told, and there is no such endpoint" for key, c in told.items() if c["verdict"] != "equal"]


def main():
    folder, wrong = pathlib.Path(sys.argv[1]), []
    check_sets(folder, "before", wrong)
    check_sets(folder, "after", wrong)
    check_diff(folder, wrong)
    print(json.dumps(COUNTS))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
