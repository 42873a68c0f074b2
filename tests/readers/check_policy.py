"""Opens what `driftline policy` writes with readers that are not ours.

    check_policy.py POLICY.json TEMPLATE.yaml MAIN.tf

Ends with 1 and a reason unless all three allow the same, cfn-lint (which knows
AWS's actions and CloudFormation's properties) has nothing to say, and HCL is HCL.
"""

import json
import pathlib
import subprocess
import sys

import hcl2
from cfnlint.decode import cfn_yaml


def check(condition, reason):
    if not condition:
        sys.exit(f"check_policy.py: {reason}")


def plain(text):
    # Some versions of hcl2 keep the quotes.
    return text.strip('"')


def of_json(path):
    return {s["Sid"]: sorted(s["Action"]) for s in json.load(open(path))["Statement"]}


def of_template(path):
    lint = subprocess.run([pathlib.Path(sys.executable).parent / "cfn-lint", path], capture_output=True, text=True)
    check(lint.returncode == 0, f"cfn-lint: {lint.stdout[:400]}{lint.stderr[:400]}")
    template = cfn_yaml.load(path)
    policies = [r for r in template["Resources"].values() if r["Type"] == "AWS::IAM::ManagedPolicy"]
    check(len(policies) == 1, f"{path} has {len(policies)} policies")
    statements = policies[0]["Properties"]["PolicyDocument"]["Statement"]
    return {str(s["Sid"]): sorted(str(action) for action in s["Action"]) for s in statements}


def of_terraform(path):
    for block in hcl2.load(open(path))["data"]:
        for kind, named in block.items():
            for name, body in named.items():
                if (plain(kind), plain(name)) == ("aws_iam_policy_document", "driftline"):
                    return {plain(s["sid"]): sorted(plain(a) for a in s["actions"]) for s in body["statement"]}
    sys.exit(f"check_policy.py: {path} has no policy document")


policy, template, terraform = sys.argv[1:]
allowed = of_json(policy)
check(allowed, "the policy allows nothing")
check(of_template(template) == allowed, "the template allows something else than the policy")
check(of_terraform(terraform) == allowed, "the Terraform file allows something else than the policy")
