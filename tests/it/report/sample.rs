//! Reports made by hand: one with everything that is awkward, one that is all
//! clear, one in which nothing could be told, and a large one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use driftline::arn::{AccountId, Arn, Partition, Scope};
use driftline::exceptions::{About, Accepts, Exception, State, Suppressed, Use, value};
use driftline::finding::{Evidence, FileLocation, Finding, Fingerprint, ResourceRef, Severity, Status, Tallies};
use driftline::inventory::{Account, Cell, CellTime, Gap, Missing, Reason, ServiceStatistics, Statistics};
use driftline::text::{SourceFile, Span};
use driftline::triage::{
    Against, Change, Control, Coverage, CoverageGap, Framework, Gone, GoneTo, Identity, Outcome, Remediation, Report,
    Rule, Since, Tally,
};

pub const PROD: &str = "111122223333";
pub const TEST: &str = "222233334444";

pub fn scope(account: &str, region: &str) -> Scope {
    Scope {
        partition: Partition::Aws,
        account: account.parse().expect("an account id"),
        region: region.parse().expect("a region"),
    }
}

pub fn rule(id: &str, severity: Severity, resource_type: &str, title: &str) -> Rule {
    let service = resource_type.split("::").nth(1).filter(|s| !s.is_empty()).unwrap_or("account").to_ascii_lowercase();
    Rule {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        resource_types: vec![resource_type.to_owned()],
        rationale: "Whoever finds the port can try passwords and exploits against it.\n\nMore detail.".to_owned(),
        remediation: Remediation {
            text: "Remove the rule, or narrow its sources to the addresses that administrators come from.".to_owned(),
            cli: Some(
                "aws ec2 revoke-security-group-ingress --region {region} \\\n  --group-id {id} --security-group-rule-ids {rule}"
                    .to_owned(),
            ),
            terraform: None,
        },
        references: vec!["https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html".to_owned()],
        controls: BTreeMap::from([("cis-aws-7.0".to_owned(), vec!["6.3".to_owned()])]),
        path: format!("checks/{service}/{id}.toml"),
        line: 1,
    }
}

pub fn resource(scope: &Scope, id: &str, name: Option<&str>) -> ResourceRef {
    ResourceRef {
        resource_type: "AWS::EC2::SecurityGroup".into(),
        id: id.into(),
        arn: scope.arn("ec2", format!("security-group/{id}")),
        name: name.map(Into::into),
    }
}

pub fn finding(rule: &Rule, status: Status, scope: &Scope, resource: Option<ResourceRef>, message: &str) -> Finding {
    let subject = resource.as_ref().map_or(scope.to_string(), |r| r.arn.to_string());
    Finding {
        rule: rule.id.as_str().into(),
        severity: rule.severity,
        status,
        scope: scope.clone().into(),
        resource: resource.map(Arc::new),
        message: message.to_owned().into(),
        evidence: Default::default(),
        location: FileLocation { path: rule.path.as_str().into(), line: rule.line }.into(),
        fingerprint: Fingerprint::new(&rule.id, &subject, message),
    }
}

fn cell(scope: &Scope, operation: &str) -> Cell {
    Cell { scope: scope.clone(), operation: operation.to_owned() }
}

fn missing(gap: &CoverageGap) -> Status {
    Status::Unknown(
        Missing { why: format!("{} {}", gap.cell.operation, gap.gap), cells: BTreeSet::from([gap.cell.clone()]) }
            .into(),
    )
}

fn gap(cell: Cell, reason: Reason, message: &str, partial: bool, checks: &[&str]) -> CoverageGap {
    CoverageGap {
        cell,
        gap: Gap { reason, message: message.to_owned(), partial },
        checks: checks.iter().map(|check| (*check).to_owned()).collect(),
    }
}

fn identity() -> Identity {
    Identity {
        tool_version: "0.1.0".to_owned(),
        taken_at: "2026-11-22T05:58:00Z".parse().expect("a time"),
        as_of: "2026-11-22T05:58:00Z".parse().expect("a time"),
        caller: Some("arn:aws:sts::111122223333:assumed-role/audit/ci-4711".parse().expect("an ARN")),
        source: "organization o-exampleorg".to_owned(),
        catalog_sha256: "3f2a91c2".repeat(8),
        snapshot_sha256: "77ab01de".repeat(8),
    }
}

fn accounts(names: &[(&str, Option<&str>)]) -> BTreeMap<AccountId, Account> {
    names
        .iter()
        .map(|(id, name)| {
            let id: AccountId = id.parse().expect("an account id");
            let account = Account {
                partition: Partition::Aws,
                id: id.clone(),
                name: name.map(str::to_owned),
                organizational_unit: None,
            };
            (id, account)
        })
        .collect()
}

/// Recounts the tallies from the findings, and adds the passes, which are not listed.
pub fn tally(report: &mut Report, passes: &[(&str, &str, u64)]) {
    let mut tallies = Tallies::default();
    for finding in &report.findings {
        let tally = tallies.entry(&finding.rule, &finding.scope.account);
        match finding.status {
            Status::Fail => tally.fail += 1,
            Status::Unknown(_) => tally.unknown += 1,
            Status::Pass => tally.pass += 1,
            Status::Skip(_) => tally.skip += 1,
        }
    }
    for one in &report.suppressed {
        tallies.entry(&one.finding.rule, &one.finding.scope.account).suppressed += 1;
    }
    for (check, account, number) in passes {
        tallies.entry(&(*check).into(), &account.parse().expect("an account id")).pass += number;
    }
    report.tallies = tallies;
}

fn rules() -> BTreeMap<String, Rule> {
    let port = rule(
        "security-group-admin-port-open",
        Severity::High,
        "AWS::EC2::SecurityGroup",
        "Security group admits administrative ports from broad address ranges",
    );
    let mut root = rule(
        "account-root-access-key",
        Severity::Critical,
        "AWS::::Account",
        "The root user of an account has an access key",
    );
    root.remediation.cli = None;
    root.remediation.text = "Sign in as root and delete the key; no policy can limit what it may do.".to_owned();
    root.rationale = "The key can do anything, and nothing can stop it but its deletion.".to_owned();
    root.references = vec![];
    let mut flow = rule("vpc-flow-log-missing", Severity::Low, "AWS::EC2::VPC", "VPC has no flow log");
    flow.remediation.cli =
        Some("aws ec2 create-flow-logs --region {region} --resource-type VPC --resource-ids {id}".to_owned());
    flow.rationale = String::new();
    let acl = rule("network-acl-admin-port-open", Severity::Medium, "AWS::EC2::NetworkAcl", "Network ACL admits all");
    let unused = rule("detective-graph-unused", Severity::Informational, "AWS::Detective::Graph", "Graph without data");
    [port, root, flow, acl, unused].into_iter().map(|rule| (rule.id.clone(), rule)).collect()
}

/// Strings that break terminals, XML, Markdown or a careless cut.
pub fn hostile_names() -> Vec<String> {
    vec![
        "\u{1b}[2J\u{1b}[31mFAKE: all clear\u{1b}[0m".to_owned(),
        "]]></failure><script>alert(1)</script>".to_owned(),
        "nul\0 and \u{fffe} and \u{9b}31m".to_owned(),
        "user\u{202e}nimda\u{2066}x".to_owned(),
        "x".repeat(10_000),
        "Straße 漢字 🦀 \"quoted\" & 'more'".to_owned(),
        "two\nlines\r\n\tand [a link](https://evil.example) {0}".to_owned(),
        "'; reboot #$(id)".to_owned(),
    ]
}

/// A run that failed, with gaps, and strings that somebody wrote to break readers.
pub fn awkward() -> Report {
    let rules = rules();
    let port = &rules["security-group-admin-port-open"];
    let (west, central) = (scope(PROD, "eu-west-1"), scope(TEST, "eu-central-1"));
    let acls = gap(
        cell(&scope(PROD, "eu-south-1"), "ec2:DescribeNetworkAcls"),
        Reason::DeniedByScp,
        "User: arn:aws:sts::111122223333:assumed-role/audit/ci-4711 is not authorized to perform: \
         ec2:DescribeNetworkAcls with an explicit deny in a service control policy",
        false,
        &["network-acl-admin-port-open"],
    );
    let lists = gap(
        cell(&central, "ec2:GetManagedPrefixListEntries"),
        Reason::AccessDenied,
        "not authorized \u{1b}[1m]]>",
        true,
        &["security-group-admin-port-open"],
    );
    let graphs = gap(cell(&central, "detective:ListGraphs"), Reason::RegionDisabled, "the region is off", false, &[]);

    let mut findings = vec![];
    let mut root_key = finding(
        &rules["account-root-access-key"],
        Status::Fail,
        &scope(TEST, "global"),
        Some(ResourceRef {
            resource_type: "AWS::::Account".into(),
            id: TEST.into(),
            arn: scope(TEST, "global").arn("iam", "root"),
            name: Some("sandbox".into()),
        }),
        "the root user of 222233334444 has 1 active access key",
    );
    root_key.evidence =
        [Evidence { fact: "root_access_keys".into(), value: "1".to_owned(), condition: "gt 0".to_owned().into() }]
            .into();
    root_key.location = FileLocation { path: "driftline.toml".into(), line: 41 }.into();
    findings.push(root_key);
    let evidence = |sources: &str| {
        vec![
            Evidence {
                fact: "ingress[2].ports".into(),
                value: "22".to_owned(),
                condition: "intersects [22, 3389]".into(),
            },
            Evidence {
                fact: "ingress[2].sources".into(),
                value: sources.to_owned(),
                condition: "broader_than ipv4 /8, ipv6 /32".into(),
            },
            Evidence { fact: "attached_to".into(), value: "eni-5, eni-6".to_owned(), condition: String::new().into() },
        ]
    };
    for (index, name) in ["web-sg", "db-sg"].iter().enumerate() {
        let id = format!("sg-0ab{index}");
        let message = format!("{id} admits tcp 22 from 0.0.0.0/0");
        let mut open = finding(port, Status::Fail, &west, Some(resource(&west, &id, Some(name))), &message);
        open.evidence = evidence("0.0.0.0/0, ::/0").into();
        findings.push(open);
    }
    for (index, name) in hostile_names().iter().enumerate() {
        let id = format!("sg-bad{index}");
        let message = format!("{name} admits tcp 22 from 0.0.0.0/0");
        let mut open = finding(port, Status::Fail, &central, Some(resource(&central, &id, Some(name))), &message);
        open.evidence = evidence(name).into();
        findings.push(open);
    }
    // Two findings of one check on one resource, as `each` makes them.
    for ports in ["22", "3389"] {
        let message = format!("sg-twice admits tcp {ports} from 10.0.0.0/7");
        findings.push(finding(port, Status::Fail, &west, Some(resource(&west, "sg-twice", None)), &message));
    }
    let hostile_id = "vpc-\u{1b}[31m]]>'; reboot #";
    findings.push(finding(
        &rules["vpc-flow-log-missing"],
        Status::Fail,
        &west,
        Some(ResourceRef {
            resource_type: "AWS::EC2::VPC".into(),
            id: hostile_id.into(),
            arn: west.arn("ec2", format!("vpc/{hostile_id}")),
            name: None,
        }),
        "vpc has no flow log",
    ));
    findings.push(finding(
        port,
        missing(&lists),
        &central,
        Some(resource(&central, "sg-0list", Some("via-list"))),
        "sg-0list admits tcp 22 from a prefix list that could not be read",
    ));
    findings.push(finding(
        &rules["network-acl-admin-port-open"],
        missing(&acls),
        &scope(PROD, "eu-south-1"),
        None,
        "network ACLs could not be listed",
    ));
    findings.push(finding(
        &rules["account-root-access-key"],
        Status::Unknown(Missing::because("the credential report is older than the account").into()),
        &scope(PROD, "global"),
        None,
        "whether the root user has an access key could not be told",
    ));

    let mut report = Report {
        identity: identity(),
        outcome: Outcome::Fail,
        fail_on: Severity::High,
        accounts: accounts(&[(PROD, Some("prod-web")), (TEST, Some("sandbox \u{1b}[5m\u{202e}"))]),
        regions: ["eu-central-1", "eu-south-1", "eu-west-1", "global"].map(str::to_owned).to_vec(),
        rules,
        findings,
        suppressed: vec![],
        exceptions: vec![],
        against: None,
        tallies: Tallies::default(),
        coverage: Coverage { cells: 204, complete: 201, gaps: vec![acls, graphs, lists] },
        frameworks: vec![],
        resources: 1204,
        statistics: Some(statistics()),
    };
    report.coverage.gaps.sort_by(|a, b| a.cell.cmp(&b.cell));
    tally(&mut report, &[("security-group-admin-port-open", PROD, 140), ("vpc-flow-log-missing", TEST, 3)]);
    report
}

/// With a framework whose controls come to every verdict.
pub fn frameworks() -> Report {
    let mut report = decided();
    report.statistics = None;
    // Accepted whole, not applicable, and passed: two rules of their own.
    for id in ["all-accepted", "nothing-there", "all-good"] {
        report.rules.insert(id.to_owned(), rule(id, Severity::Low, "AWS::EC2::VPC", "Something is not right"));
    }
    // The one finding that an exception covers becomes the first rule's.
    let covered = &mut report.suppressed[0].finding;
    let account = covered.scope.account.clone();
    let was = report.tallies.get_mut(&covered.rule, &account).expect("it is counted");
    was.suppressed -= 1;
    covered.rule = "all-accepted".into();
    let tally = |suppressed, pass, skip| Tally { suppressed, pass, skip, ..Tally::default() };
    *report.tallies.entry(&"all-accepted".into(), &account) = tally(1, 4, 0);
    *report.tallies.entry(&"nothing-there".into(), &account) = tally(0, 0, 1);
    *report.tallies.entry(&"all-good".into(), &account) = tally(0, 7, 0);
    let control = |id: &str, title: Option<&str>, checks: &[&str]| Control {
        id: id.to_owned(),
        title: title.map(str::to_owned),
        level: None,
        manual: None,
        beyond: None,
        checks: checks.iter().map(|check| (*check).to_owned()).collect(),
    };
    let about_people = Some("Only people can tell.".to_owned());
    report.frameworks = vec![Framework {
        id: "house-1".to_owned(),
        name: "House \u{1b}[31mrules".to_owned(),
        version: "1".to_owned(),
        source: "https://example.com/rules".to_owned(),
        controls: vec![
            Control {
                level: Some(1),
                ..control("1.1", Some("Ports of administration"), &["security-group-admin-port-open"])
            },
            control("1.2", None, &["account-root-access-key", "all-good"]),
            control("1.3", Some("Accepted \u{1b}[5m"), &["all-accepted", "all-good"]),
            control("1.4", Some("Good"), &["all-good"]),
            control("1.5", Some("Good as far as was looked"), &["all-good", "never-ran"]),
            Control { beyond: Some("Buckets.".to_owned()), ..control("1.6", None, &["all-good"]) },
            control("1.7", Some("Nothing is there"), &["nothing-there"]),
            control("1.8", Some("Left out"), &["never-ran"]),
            Control { manual: about_people, ..control("2.1", Some("People"), &[]) },
            control("2.2", None, &[]),
        ],
    }];
    report
}

/// With exceptions of every state, compared with a run that had other findings.
pub fn decided() -> Report {
    let mut report = awkward();
    let accepted: Finding = report.findings.remove(2);
    let text = "schema = 1\n[[exception]]\n[[exception]]\n[[exception]]\n[[exception]]\n[[exception]]\n";
    let file = SourceFile::new("exceptions.toml", text);
    let exception = |number: usize, resource: &str, reason: &str| Exception {
        about: About::Finding {
            check: accepted.rule.to_string(),
            fingerprint: None,
            resource: Some(resource.to_owned()),
            account: None,
            region: None,
            accepts: Accepts::Exactly(value(&accepted)),
        },
        reason: reason.to_owned(),
        owner: Some("team \u{1b}[31mweb".to_owned()),
        ticket: Some("NET-981".to_owned()),
        expires: (number != 3).then(|| jiff::civil::date(2026, 12, 31)),
        file: Arc::clone(&file),
        span: Span { start: 11 + number * 14, end: 24 + number * 14 },
    };
    let used = |number: usize, resource: &str, state: State| Use {
        exception: exception(number, resource, "a load test ]]> <b>&"),
        state,
    };
    report.exceptions = vec![
        used(0, "sg-0ab1", State::Applied),
        used(1, "sg-gone", State::Unused),
        used(2, "sg-0ab0", State::Differs { is: vec!["ingress.ports = 22".to_owned()] }),
        used(3, "sg-other", State::NotLooked { why: "account 444455556666 was not looked at".to_owned() }),
        used(4, "sg-late", State::Expired),
    ];
    report.suppressed = vec![Suppressed { finding: accepted, exception: report.exceptions[0].exception.clone() }];
    let gone = |rule: &str, id: &str, to: GoneTo| {
        let (rule, at) = (rule_of(rule), scope(PROD, "eu-west-1"));
        Gone { finding: finding(&rule, Status::Fail, &at, Some(resource(&at, id, None)), "was open"), to }
    };
    let order = [Change::New, Change::Worse, Change::Unchanged, Change::Better, Change::CheckAdded];
    let since = report.findings.iter().enumerate().map(|(number, finding)| {
        let change = match finding.status {
            Status::Fail => order[number % order.len()],
            _ => Change::NowUnknown,
        };
        let was = if matches!(change, Change::Worse | Change::Better) {
            vec!["ingress.ports = 22".to_owned(), "ingress.sources = 10.0.0.0/8".to_owned()]
        } else {
            vec![]
        };
        (finding.fingerprint, Since { change, was })
    });
    report.against = Some(Against {
        source: "yesterday.json".to_owned(),
        taken_at: "2026-11-21T05:58:00Z".parse().expect("a time"),
        snapshot_sha256: "55cd01de".repeat(8),
        same_catalog: false,
        checks_added: vec!["account-root-access-key".to_owned()],
        checks_removed: vec!["an-older-check".to_owned()],
        since: since.collect(),
        gone: vec![
            gone("security-group-admin-port-open", "sg-fixed", GoneTo::Fixed),
            gone("an-older-check", "sg-old", GoneTo::CheckRemoved),
            gone("security-group-admin-port-open", "sg-unread", GoneTo::NowUnknown),
        ],
    });
    tally(&mut report, &[("security-group-admin-port-open", PROD, 140), ("vpc-flow-log-missing", TEST, 3)]);
    report.judge(false);
    report
}

fn rule_of(id: &str) -> Rule {
    rule(id, Severity::High, "AWS::EC2::SecurityGroup", "A rule")
}

fn statistics() -> Statistics {
    let service = |service: &str, calls, throttled, retries, p50_ms, p95_ms| ServiceStatistics {
        service: service.to_owned(),
        calls,
        throttled,
        retries,
        p50_ms,
        p95_ms,
    };
    let slow = |account: &str, region: &str, operation: &str, seconds, calls| CellTime {
        cell: cell(&scope(account, region), operation),
        seconds,
        calls,
    };
    Statistics {
        wall_seconds: 12.34,
        calls: 2310,
        throttled: 4,
        retries: 6,
        resumed_accounts: 1,
        peak_memory_bytes: Some(143_200_001),
        services: vec![
            service("ec2", 2101, 3, 4, 61.4, 240.0),
            service("iam", 205, 1, 1, 88.6, 1903.7),
            service("sts", 4, 0, 1, 45.0, 45.2),
        ],
        slowest: vec![
            slow(PROD, "global", "iam:GenerateCredentialReport", 9.87, 5),
            slow(PROD, "eu-west-1", "ec2:DescribeNetworkInterfaces", 3.2, 1),
        ],
    }
}

/// Everything was read and nothing is wrong, in a snapshot that was read again.
pub fn all_clear() -> Report {
    let mut report = awkward();
    report.outcome = Outcome::Pass;
    report.findings.clear();
    report.statistics = None;
    report.coverage = Coverage { cells: 204, complete: 204, gaps: vec![] };
    tally(&mut report, &[("security-group-admin-port-open", PROD, 140), ("vpc-flow-log-missing", TEST, 3)]);
    report
}

/// No account could be entered: every verdict is unknown.
pub fn all_unknown() -> Report {
    let mut report = awkward();
    report.outcome = Outcome::Incomplete;
    report.statistics = None;
    report.findings.clear();
    let ids: Vec<&str> = report.rules.keys().map(String::as_str).collect();
    let operations = ["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "iam:GenerateCredentialReport"];
    let mut gaps = vec![];
    for account in [PROD, TEST] {
        for region in ["eu-central-1", "eu-south-1", "eu-west-1"] {
            for operation in operations {
                let at = cell(&scope(account, region), operation);
                let said = "not authorized to perform: sts:AssumeRole on arn:aws:iam::111122223333:role/audit";
                gaps.push(gap(at, Reason::NoCredentials, said, false, &ids));
            }
        }
    }
    gaps.sort_by(|a, b| a.cell.cmp(&b.cell));
    let mut findings = vec![];
    for rule in report.rules.values() {
        for one in &gaps {
            findings.push(finding(rule, missing(one), &one.cell.scope, None, "could not be listed"));
        }
    }
    report.findings = findings;
    report.coverage = Coverage { cells: gaps.len(), complete: 0, gaps };
    report.resources = 0;
    tally(&mut report, &[]);
    report
}

/// An organization in which one operation is denied everywhere and one account cannot be entered.
pub fn many_gaps() -> Report {
    let mut report = all_clear();
    let regions: Vec<String> = (1..=17).map(|number| format!("eu-west-{number}")).collect();
    let mut gaps = vec![];
    for region in &regions {
        for account in 0..20 {
            let at = cell(&scope(&format!("3333444455{account:02}"), region), "ec2:DescribeNetworkAcls");
            gaps.push(gap(at, Reason::DeniedByScp, "explicit deny", false, &["network-acl-admin-port-open"]));
        }
        for operation in 0..40 {
            let at = cell(&scope(TEST, region), &format!("ec2:Describe{operation}"));
            gaps.push(gap(at, Reason::NoCredentials, "sts:AssumeRole refused", false, &["vpc-flow-log-missing"]));
        }
    }
    gaps.sort_by(|a, b| a.cell.cmp(&b.cell));
    report.outcome = Outcome::Incomplete;
    report.coverage = Coverage { cells: 9000, complete: 9000 - gaps.len(), gaps };
    report
}

/// More results than GitHub shows, the worst of them last.
pub fn large() -> Report {
    let mut report = awkward();
    let flow = report.rules["vpc-flow-log-missing"].clone();
    let at = scope(PROD, "eu-west-1");
    let many = (0..6000).map(|number| {
        let id = format!("vpc-{number:05}");
        finding(&flow, Status::Fail, &at, Some(resource(&at, &id, None)), &format!("{id} has no flow log"))
    });
    let rest = std::mem::take(&mut report.findings);
    report.findings = many.chain(rest).collect();
    tally(&mut report, &[]);
    report
}

/// An ARN with any text for its resource.
pub fn any_arn(text: &str) -> Arn {
    format!("arn:aws:ec2:eu-west-1:{PROD}:x/{text}").parse().expect("an ARN")
}
