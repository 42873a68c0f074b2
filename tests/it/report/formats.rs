//! What every format owes its readers.

use serde_json::Value;

use driftline::finding::{Severity, Status};
use driftline::report::Format;
use driftline::triage::Report;

use super::{extension, golden, sample, written};
use crate::schema;

fn samples() -> [(&'static str, Report); 5] {
    [
        ("awkward", sample::awkward()),
        ("all-clear", sample::all_clear()),
        ("all-unknown", sample::all_unknown()),
        ("decided", sample::decided()),
        ("frameworks", sample::frameworks()),
    ]
}

/// Failures that count, those of exceptions included: what a job that goes by the file fails on.
fn counted(report: &Report) -> usize {
    let fails = |finding: &&driftline::finding::Finding| {
        let known = report.against.as_ref().is_some_and(|against| !against.change(finding).fails());
        finding.status == Status::Fail && !known
    };
    report.findings.iter().filter(fails).count() + report.stale_exceptions().count()
}

#[test]
fn every_format_is_as_reviewed() {
    for (name, report) in samples() {
        for format in Format::ALL {
            golden(&format!("{name}.{}", extension(format)), &written(format, &report));
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in Format::ALL {
        assert_eq!(written(format, &sample::awkward()), written(format, &sample::awkward()), "{format}");
    }
}

#[test]
fn names_of_formats_can_be_typed() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().unwrap_err().contains("`xml` is not a report format"));
}

fn json(format: Format, report: &Report) -> Value {
    serde_json::from_str(&written(format, report)).expect("it is JSON")
}

#[test]
fn json_keeps_its_published_schema() {
    const SCHEMA: &str = "schemas/report-1.schema.json";
    for (name, report) in samples() {
        assert_eq!(schema::mistake(SCHEMA, &json(Format::Json, &report)), None, "{name}");
    }
    // And the schema is strict: a field that nobody promised is a mistake.
    let mut more = json(Format::Json, &sample::awkward());
    more["findings"][0]["color"] = Value::from("red");
    assert!(schema::mistake(SCHEMA, &more).is_some_and(|mistakes| mistakes.contains("color")));
}

#[test]
fn json_keeps_strings_as_they_are() {
    let report = sample::awkward();
    let view = json(Format::Json, &report);
    let names: Vec<&str> = view["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|finding| finding["resource"]["name"].as_str())
        .collect();
    for name in sample::hostile_names() {
        assert!(names.contains(&name.as_str()), "{name:.60?}");
    }
}

#[test]
fn sarif_keeps_githubs_limits() {
    for (name, report) in samples() {
        let log = json(Format::Sarif, &report);
        let run = &log["runs"][0];
        for rule in run["tool"]["driver"]["rules"].as_array().into_iter().flatten() {
            for text in ["shortDescription", "fullDescription", "help"] {
                let text = rule[text]["text"].as_str().unwrap_or("");
                assert!(!text.is_empty(), "{name}: {rule}");
            }
            assert!(rule["fullDescription"]["text"].as_str().unwrap_or("").chars().count() <= 1024);
            let tags = rule["properties"]["tags"].as_array().cloned().unwrap_or_default();
            assert!(tags.len() <= 10 && tags.contains(&Value::from("security")), "{tags:?}");
        }
        for result in run["results"].as_array().into_iter().flatten() {
            let place = &result["locations"][0]["physicalLocation"];
            assert!(place["artifactLocation"]["uri"].as_str().is_some_and(|uri| !uri.is_empty()));
            assert!(place["region"]["startLine"].as_u64().is_some_and(|line| line > 0));
            assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
            let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok()).expect("an index");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"], "{name}");
            // 3.27.10: any kind but `fail` has the level `none`.
            assert_eq!(result["kind"] == "fail", result["level"] != "none", "{result}");
        }
    }
}

#[test]
fn sarif_tells_unknown_from_failed() {
    let report = sample::awkward();
    let log = json(Format::Sarif, &report);
    let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
    let failed = report.findings.iter().filter(|finding| finding.status == Status::Fail).count();
    assert_eq!(results.iter().filter(|result| result["kind"] == "fail").count(), failed);
    // One per check, after the failures, however many verdicts it stands for.
    let kinds: Vec<&str> = results.iter().filter_map(|result| result["kind"].as_str()).collect();
    assert_eq!(kinds.get(failed..), Some(["open", "open", "open"].as_slice()));
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], false);

    let log = json(Format::Sarif, &sample::all_unknown());
    let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results.len(), 5, "one per check");
    let clear = json(Format::Sarif, &sample::all_clear());
    assert_eq!(clear["runs"][0]["results"], Value::Array(vec![]));
    assert_eq!(clear["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn sarif_keeps_the_worst_and_says_what_it_left_out() {
    let log = json(Format::Sarif, &sample::large());
    let run = &log["runs"][0];
    let results = run["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results.len(), 5000);
    assert_eq!(results[0]["ruleId"], "account-root-access-key");
    assert_eq!(results.iter().filter(|result| result["kind"] == "open").count(), 3, "unknowns are kept");
    let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap_or("");
    assert!(said.starts_with("1017 results left out"), "{said}");
}

/// The counts of one run are the same in every format.
#[test]
fn the_formats_agree() {
    for (name, report) in samples() {
        let count = |wanted: &str| report.findings.iter().filter(|f| f.status.as_str() == wanted).count();
        let view = json(Format::Json, &report);
        assert_eq!(view["totals"]["fail"], count("fail"), "{name}");
        assert_eq!(view["totals"]["unknown"], count("unknown"), "{name}");
        let junit = written(Format::Junit, &report);
        assert_eq!(junit.matches("<failure ").count(), counted(&report), "{name}");
        assert_eq!(view["totals"]["suppressed"], report.suppressed.len(), "{name}");
        assert_eq!(view["suppressed"].as_array().map(Vec::len), Some(report.suppressed.len()), "{name}");
        assert_eq!(junit.matches("<error ").count(), count("unknown"), "{name}");
        let high = report.findings.iter().filter(|f| f.severity == Severity::High && f.status == Status::Fail).count();
        assert_eq!(view["totals"]["fail_by_severity"]["high"], high, "{name}");
    }
}

/// Jenkins and Azure DevOps fail a build whose file has no case.
#[test]
fn junit_is_never_empty() {
    let clear = sample::all_clear();
    let junit = written(Format::Junit, &clear);
    for check in clear.rules.keys() {
        assert!(junit.contains(&format!("<testcase name=\"{check} ")), "{check}");
    }
    let mut nothing = sample::all_clear();
    nothing.rules.clear();
    nothing.tallies = Default::default();
    assert!(written(Format::Junit, &nothing).contains("no check ran"));
}

/// A reader that goes away, such as `head`, is the caller's to judge: its error comes through as it is.
#[test]
fn a_broken_pipe_is_told_as_one() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for format in Format::ALL {
        let error = driftline::report::write(format, &sample::awkward(), &mut Gone, &Default::default()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{format}");
    }
}
