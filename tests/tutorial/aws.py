"""The commands of docs/tutorial.md that AWS's own CLI would run, by boto3 against the endpoint of the test.

It knows what the tutorial needs of the CLI and no more: options in kebab-case become members of the request by the
service's model, the short forms of `authorize-security-group-ingress` and `revoke-security-group-ingress`, `--query`
and `--output text`.
"""

import json
import sys

import boto3
import jmespath
from botocore import xform_name


def rules(options):
    """`--protocol tcp --port 22 --cidr 0.0.0.0/0` as the CLI understands it."""
    if "protocol" not in options:
        return
    first, _, last = options.pop("port").partition("-")
    options["ip-permissions"] = [
        {
            "IpProtocol": options.pop("protocol"),
            "FromPort": int(first),
            "ToPort": int(last or first),
            "IpRanges": [{"CidrIp": options.pop("cidr")}],
        }
    ]


def value(shape, given):
    if not isinstance(given, list) or (given and isinstance(given[0], dict)):
        return given
    if shape.type_name == "list":
        if shape.member.type_name == "structure":
            return [dict(part.split("=", 1) for part in one.split(",")) for one in given]
        return given
    if shape.type_name == "boolean":
        return given != ["false"]
    if shape.type_name in ("integer", "long"):
        return int(given[0])
    return given[0]


def main(arguments):
    service, command, *rest = arguments
    options, name = {}, None
    for word in rest:
        if word.startswith("--"):
            name = word[2:]
            options[name] = []
        elif name is None:
            options.setdefault("", []).append(word)
        else:
            options[name].append(word)
    query, output = options.pop("query", None), options.pop("output", None)
    for short in ("port", "protocol", "cidr"):
        if short in options:
            options[short] = options[short][0]
    rules(options)
    client = boto3.client(service)
    operation = next(one for one in client.meta.service_model.operation_names if xform_name(one, "-") == command)
    shape = client.meta.service_model.operation_model(operation).input_shape
    members = {xform_name(member, "-"): member for member in (shape.members if shape else {})}
    request = {}
    for name, given in options.items():
        # The CLI calls `Filters` of EC2 `--filters` and `Names` `--names`, as the model does.
        member = members[name]
        given = value(shape.members[member], given)
        if member == "Filters":
            given = [{"Name": one["Name"], "Values": [one["Values"]]} for one in given]
        request[member] = given
    answer = getattr(client, xform_name(operation))(**request)
    answer.pop("ResponseMetadata", None)
    if query:
        answer = jmespath.search(query[0], answer)
    if answer in (None, {}):
        return
    if output == ["text"]:
        print("\t".join(answer) if isinstance(answer, list) else answer)
    else:
        print(json.dumps(answer, indent=4, default=str))


if __name__ == "__main__":
    main(sys.argv[1:])
