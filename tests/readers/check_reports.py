"""Opens our JUnit and SARIF reports with readers that are not ours.

    check_reports.py JUNIT SARIF

Ends with 1 and a reason if a schema or a reader refuses one of them, or reads
something else from it than we wrote. Needs the packages of tests/requirements.txt.
"""

import copy
import json
import pathlib
import sys
import xml.parsers.expat

import jsonschema
import junitparser
import lxml.etree
from sarif.loader import load_sarif_file

SCHEMAS = pathlib.Path(__file__).parent.parent / "fixtures" / "schemas"


def check(condition, reason):
    if not condition:
        sys.exit(f"check_reports.py: {reason}")


def junit_is_valid(path):
    # The plainest reader of all first: expat knows XML and nothing else.
    parser = xml.parsers.expat.ParserCreate()
    try:
        parser.Parse(pathlib.Path(path).read_bytes(), True)
    except xml.parsers.expat.ExpatError as error:
        sys.exit(f"check_reports.py: {path} is not well-formed: {error}")

    document = lxml.etree.parse(path)
    hold_against(document, "junit-10.xsd", path)
    # This edition of Apache Ant's schema is older than `skipped` (see schemas/README.md).
    old = copy.deepcopy(document)
    for suite in old.iter("testsuite"):
        suite.attrib.pop("skipped", None)
    for skipped in list(old.iter("skipped")):
        skipped.getparent().remove(skipped)
    hold_against(old, "JUnit.xsd", path)


def hold_against(document, name, path):
    schema = lxml.etree.XMLSchema(lxml.etree.parse(str(SCHEMAS / name)))
    if not schema.validate(document):
        first = schema.error_log[0]
        sys.exit(f"check_reports.py: {path}:{first.line} breaks {name}: {first.message}")


def junit_is_read(path):
    suites = list(junitparser.JUnitXml.fromfile(path))
    check(suites, f"{path} has no suite; Jenkins fails a build for that")
    names = set()
    for suite in suites:
        cases = list(suite)
        check(cases, f"suite {suite.name} has no case")
        results = [result for case in cases for result in case.result]
        for kind, counted in [
            (junitparser.Failure, suite.failures),
            (junitparser.Error, suite.errors),
            (junitparser.Skipped, suite.skipped),
        ]:
            found = sum(isinstance(result, kind) for result in results)
            check(found == counted, f"suite {suite.name} counts {counted} {kind.__name__}, {found} are in it")
        check(suite.tests == len(cases), f"suite {suite.name} counts {suite.tests} cases, {len(cases)} are in it")
        check(list(suite.properties()), f"suite {suite.name} has no properties")
        for case in cases:
            # GitLab keeps the first of two cases with the same class and name.
            check((case.classname, case.name) not in names, f"two cases are named {case.classname} {case.name}")
            names.add((case.classname, case.name))
            # Azure DevOps cuts longer names.
            check(len(case.name) <= 512, f"a name has {len(case.name)} characters: {case.name[:80]}")
            # Jenkins takes everything before the last dot for a package.
            check(case.classname.count(".") == 3, f"a class has not four parts: {case.classname}")
            check(len(case.result) <= 1, f"{case.name} has more than one result")
            for result in case.result:
                check(result.type, f"{case.name} has a result without a type")
                if not isinstance(result, junitparser.Skipped):
                    check("\n" in (result.text or ""), f"{case.name} has no evidence")


def sarif_is_valid(path):
    log = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    schema = json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    for error in validator.iter_errors(log):
        place = "/".join(map(str, error.absolute_path))
        sys.exit(f"check_reports.py: {path} breaks the SARIF schema at {place}: {error.message[:300]}")
    return log


def sarif_is_read(path, log):
    results = log["runs"][0]["results"]
    read = load_sarif_file(path)
    check(read.get_distinct_tool_names() == ["driftline"], f"sarif-tools reads the tool as {read.get_distinct_tool_names()}")
    check(read.get_result_count() == len(results), f"sarif-tools reads {read.get_result_count()} of {len(results)} results")
    records = read.get_records()
    check(all(record["Location"] and int(record["Line"]) >= 1 for record in records), "a result has no place in a file")
    check(all(record["Code"] for record in records), "a result has no rule")


def main():
    check(len(sys.argv) == 3, __doc__)
    junit, sarif = sys.argv[1:]
    junit_is_valid(junit)
    junit_is_read(junit)
    sarif_is_read(sarif, sarif_is_valid(sarif))


if __name__ == "__main__":
    main()
