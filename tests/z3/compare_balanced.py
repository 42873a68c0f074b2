"""Holds what `exposure` printed of networks with load balancers against the formulas of balancing.py.

    compare_balanced.py FOLDER

FOLDER has `describe` with the JSON of AWS and `exposure.json`. Every address of an interface is compared, and every
target that a balancer may speak to. Prints what was compared; ends with 1 and each difference.
"""

import json
import pathlib
import sys

from balancing import Balanced
from compare import COUNTS, PACKETS, differences, verdict


def told(folder):
    """The endpoints, those that are reached by a balancer apart."""
    own, behind = {}, {}
    for endpoint in json.loads((folder / "exposure.json").read_text())["endpoints"]:
        if endpoint["class"] == "via-load-balancer":
            key = endpoint["via"], endpoint["family"], endpoint["resource"], endpoint["private_address"]
            behind[(endpoint["account"], *key)] = endpoint
        else:
            own[endpoint["account"], endpoint["interface"], endpoint["address"]] = endpoint
    return own, behind


def compare(where, endpoint, right, delivered, conversational, is_live, packet, wrong):
    COUNTS[right] += 1
    if endpoint is None:
        if right != "closed":
            wrong.append(f"{where}: not told, and it is {right}")
        return
    if endpoint["verdict"] != right:
        wrong.append(f"{where}: told to be {endpoint['verdict']}, and it is {right} {endpoint['missing']}")
    for member, set_ in (("delivered", delivered), ("conversational", conversational)):
        wrong += differences(f"{where}: {member}", endpoint[member], set_, packet)
    if endpoint["live"] != (endpoint["conversational"] if is_live else []):
        wrong.append(f"{where}: live is not what is answered by what runs")


def main():
    folder, wrong = pathlib.Path(sys.argv[1]), []
    own, behind = told(folder)
    for here in sorted((folder / "describe").iterdir()):
        account, network = here.name, Balanced(here / "us-east-1")
        for eni, address, family in network.endpoints():
            COUNTS["nodes" if network.balancer_of(eni) else "addresses"] += 1
            packet = PACKETS[family]
            sets = network.delivered(eni, packet), network.conversational(eni, packet)
            endpoint = own.pop((account, eni["NetworkInterfaceId"], address), None)
            compare(f"{account} {address}", endpoint, verdict(network, eni, *sets), *sets, network.is_live(eni), packet, wrong)
        for balancer, family, eni, address, ways in network.targets():
            COUNTS["targets"] += 1
            packet, sets = PACKETS[family], network.opened(ways, PACKETS[family])
            name = balancer["LoadBalancerName"]
            endpoint = behind.pop((account, name, family, eni["NetworkInterfaceId"], address), None)
            compare(f"{account} {name} -> {address} (IPv{family} clients)", endpoint, verdict(network, eni, *sets), *sets,
                    network.is_live(eni), packet, wrong)
    wrong += [f"{key}: told, and there is no such endpoint" for key, one in (own | behind).items() if one["verdict"] != "closed"]
    print(json.dumps(COUNTS))
    if wrong:
        print(f"{len(wrong)} differ", *wrong, sep="\n", file=sys.stderr)
        sys.exit(1)


main()
