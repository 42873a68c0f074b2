"""The endpoint of docs/tutorial.md: moto as the estate serves it, with whole answers where moto has none.

An empty success, which the estate fills gaps with, is not believed: driftline takes an answer without its members for a
damaged one. These are the answers that AWS gives for an account in which nobody has touched the matter.
"""

import datetime
import json
import os
import sys

EC2 = {
    "DescribeVpcBlockPublicAccessOptions": "<vpcBlockPublicAccessOptions><awsAccountId>123456789012</awsAccountId><awsRegion>eu-west-1</awsRegion>"
    "<internetGatewayBlockMode>off"
    "</internetGatewayBlockMode><state>default-state</state></vpcBlockPublicAccessOptions>",
    "DescribeVpcBlockPublicAccessExclusions": "<vpcBlockPublicAccessExclusionSet/>",
    "DescribeClientVpnEndpoints": "<clientVpnEndpoint/>",
    "GetImageBlockPublicAccessState": "<imageBlockPublicAccessState>block-new-sharing</imageBlockPublicAccessState>",
    "GetSnapshotBlockPublicAccessState": "<state>block-all-sharing</state>",
    "GetInstanceMetadataDefaults": "<accountLevel><httpTokens>required</httpTokens></accountLevel>",
    "GetSerialConsoleAccessStatus": "<serialConsoleAccessEnabled>false</serialConsoleAccessEnabled>",
}
IAM = {
    "ListOrganizationsFeatures": "<OrganizationId>o-exampleorg1</OrganizationId><EnabledFeatures>"
    "<member>RootCredentialsManagement</member></EnabledFeatures>",
}
# The root elements of AWS's answers, where moto's have other names.
ROOTS = {
    b"GetBucketVersioningResponse": b"VersioningConfiguration",
    b"ListAccessPointsResponse": b"ListAccessPointsResult",
    b"ListMultiRegionAccessPointsResponse": b"ListMultiRegionAccessPointsResult",
}
JSON = {
    "POST /getContactInformation": {"ContactInformation": {"FullName": "A. Nyone", "CountryCode": "IE"}},
    "DescribeComplianceByConfigRule": {"ComplianceByConfigRules": []},
    "GetComplianceSummaryByConfigRule": {"ComplianceSummary": {}},
    "ListAccelerators": {"Accelerators": []},
    "DescribeVirtualInterfaces": {"virtualInterfaces": []},
}
# What moto answers to in its own way, or not with the account that was asked for.
WHOLE = {
    "POST /graphs/list": {"GraphList": [{"Arn": "arn:aws:detective:eu-west-1:123456789012:graph:0123456789abcdef"}]},
    "POST /status/batch/get": {
        "accounts": [
            {
                "accountId": "123456789012",
                "state": {"status": "ENABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": ""},
                "resourceState": {
                    of: {"status": "ENABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": ""}
                    for of in ("ec2", "ecr", "lambda", "lambdaCode")
                },
            }
        ],
        "failedAccounts": [],
    },
    "POST /findings/aggregation/list": {"aggregationType": "ACCOUNT", "responses": []},
    "GET /macie": {"status": "ENABLED", "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"},
    "GET /automated-discovery/configuration": {"status": "ENABLED", "firstEnabledAt": "2026-01-01T00:00:00Z"},
}
# JSON in its binary form: a map with one member, an empty list.
CBOR = {"POST /service/GraniteServiceVersion20100801/operation/DescribeAlarms": b"\xa1\x6cMetricAlarms\x80"}


def as_aws_answers(app):
    def call(environ, start_response):
        whole = WHOLE.get(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        if whole is not None:
            body = json.dumps(whole).encode()
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        held = {}

        def hold(status, headers, exc_info=None):
            held["head"] = (status, headers)
            return lambda _data: None

        body = b"".join(app(environ, hold))
        for moto, aws in ROOTS.items():
            body = body.replace(b"<" + moto, b"<" + aws).replace(b"</" + moto, b"</" + aws)
        status, headers = held["head"]
        headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return call


def main(estate):
    # Policies such as AdministratorAccess are there, as they are in every account.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    sys.path.insert(0, estate)
    import serve_moto

    from moto.iam import responses

    def credential_report(self):
        """The same report; moto says of each that it was made in 2015."""
        made = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        content = self.backend.get_credential_report()
        return responses.ActionResult({"Content": content, "ReportFormat": "text/csv", "GeneratedTime": made})

    responses.IamResponse.get_credential_report = credential_report
    empty = serve_moto.empty_answer

    def answer(service, op):
        if op in EC2:
            body = (
                f'<{op}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>filled</requestId>'
                f"{EC2[op]}</{op}Response>"
            )
            return "text/xml", body.encode()
        if op in IAM:
            body = (
                f'<{op}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{op}Result>{IAM[op]}</{op}Result>'
                f"<ResponseMetadata><RequestId>filled</RequestId></ResponseMetadata></{op}Response>"
            )
            return "text/xml", body.encode()
        if op in JSON:
            return "application/x-amz-json-1.1", json.dumps(JSON[op]).encode()
        if op in CBOR:
            return "application/cbor", CBOR[op]
        return empty(service, op)

    serve_moto.empty_answer = answer
    begin = serve_moto.Counter.__init__
    serve_moto.Counter.__init__ = lambda self, app, fill=False: begin(self, as_aws_answers(app), fill)
    serve_moto.main()


if __name__ == "__main__":
    main(sys.argv.pop(1))
