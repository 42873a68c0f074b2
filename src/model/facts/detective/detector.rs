//! Facts of GuardDuty detectors.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::facts::organizations::manages;
use crate::model::{Field, Kind, Record, Value};
use crate::resource::detective::{DataSource, Detector};

const FEATURE: &[Field] = &[
    Field { name: "name", kind: Kind::Text, doc: "the feature's name, such as `S3_DATA_EVENTS`" },
    Field { name: "enabled", kind: Kind::Bool, doc: "whether it is on" },
];

facts! { Detector {
    "status": Kind::Text, "`ENABLED`, or `DISABLED` if it is suspended", needs ["guardduty:GetDetector"],
        |detector, _| detector.status.as_deref().map_or_else(unread, Value::from);
    "is_enabled": Kind::Bool, "whether it watches and is not suspended", needs ["guardduty:GetDetector"],
        |detector, _| Value::known(is_enabled(detector));
    "manages_organization": Kind::Bool, "whether its account manages GuardDuty for the organization",
        uses ["organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"],
        |_, context| manages(context, "guardduty.amazonaws.com");
    "takes_in_members": Kind::Text,
        "which of the organization's accounts get GuardDuty by themselves: `ALL`, `NEW` or `NONE`; absent if its account does not manage it here",
        needs ["guardduty:DescribeOrganizationConfiguration"],
        |detector, _| Value::optional(
            detector.organization_configuration.as_ref().and_then(|of| of.auto_enable_organization_members.as_deref()));
    "high_findings": Kind::Int, "how many findings of high severity (7.0 to 8.9) nobody archived",
        needs ["guardduty:GetFindingsStatistics"],
        |detector, _| findings(detector, 7.0, 9.0);
    "critical_findings": Kind::Int, "how many findings of critical severity (9.0 and more) nobody archived",
        needs ["guardduty:GetFindingsStatistics"],
        |detector, _| findings(detector, 9.0, f64::INFINITY);
    "finding_publishing_frequency": Kind::Text, "how often updated findings are published: `FIFTEEN_MINUTES`, `ONE_HOUR` or `SIX_HOURS`",
        needs ["guardduty:GetDetector"],
        |detector, _| Value::optional(detector.finding_publishing_frequency.as_deref());
    "features": Kind::List(FEATURE), "the sources and protection plans that this region offers; `RUNTIME_MONITORING` turns `EKS_RUNTIME_MONITORING` on with it",
        needs ["guardduty:GetDetector"],
        |detector, _| features(detector);
    "enabled_features": Kind::Texts, "the sources and protection plans that are on", needs ["guardduty:GetDetector"],
        |detector, _| named(detector, true);
    "disabled_features": Kind::Texts, "the sources and protection plans that are off", needs ["guardduty:GetDetector"],
        |detector, _| named(detector, false);
}}

fn unread() -> Value {
    Value::Unknown(Missing::because("AWS does not give the detector's status"))
}

pub(super) fn is_enabled(detector: &Detector) -> Result<bool, Missing> {
    let missing = || Missing::because("AWS does not give the detector's status");
    detector.status.as_deref().map(|status| status == "ENABLED").ok_or_else(missing)
}

fn findings(detector: &Detector, from: f64, below: f64) -> Value {
    let Some(statistics) = &detector.finding_statistics else {
        return Value::Unknown(Missing::because("AWS does not give the statistics of findings"));
    };
    let fits = statistics.grouped_by_severity.iter().filter(|group| group.severity >= from && group.severity < below);
    fits.map(|group| i64::from(group.total_findings)).sum::<i64>().into()
}

fn features(detector: &Detector) -> Value {
    let record = |(name, enabled)| Record::new(FEATURE, [Value::Text(name), Value::Bool(enabled)]);
    Value::List(states(detector).into_iter().map(record).collect())
}

fn named(detector: &Detector, enabled: bool) -> Value {
    let of = states(detector).into_iter().filter(|(_, on)| *on == enabled);
    Value::Texts(of.map(|(name, _)| name).collect())
}

/// Every feature and whether it is on, by name.
fn states(detector: &Detector) -> Vec<(String, bool)> {
    let on = |status: &Option<String>| status.as_deref() == Some("ENABLED");
    if detector.features.is_empty() {
        let mut of = data_sources(detector);
        of.sort();
        return of;
    }
    let runtime = detector.features.iter().any(|f| f.name == "RUNTIME_MONITORING" && on(&f.status));
    let enabled = |name: &str, status| on(status) || (runtime && name == "EKS_RUNTIME_MONITORING");
    let mut of: Vec<_> = detector.features.iter().map(|f| (f.name.clone(), enabled(&f.name, &f.status))).collect();
    of.sort();
    of
}

/// The form before features, under the features' names.
fn data_sources(detector: &Detector) -> Vec<(String, bool)> {
    let Some(sources) = &detector.data_sources else { return Vec::new() };
    let malware = sources.malware_protection.as_ref().and_then(|m| m.scan_ec2_instance_with_findings.as_ref());
    let named: [(&str, Option<&DataSource>); 6] = [
        ("CLOUD_TRAIL", sources.cloud_trail.as_ref()),
        ("DNS_LOGS", sources.dns_logs.as_ref()),
        ("EBS_MALWARE_PROTECTION", malware.and_then(|m| m.ebs_volumes.as_ref())),
        ("EKS_AUDIT_LOGS", sources.kubernetes.as_ref().and_then(|k| k.audit_logs.as_ref())),
        ("FLOW_LOGS", sources.flow_logs.as_ref()),
        ("S3_DATA_EVENTS", sources.s3_logs.as_ref()),
    ];
    let state = |(name, source): (&str, Option<&DataSource>)| {
        source.map(|source| (name.to_owned(), source.status.as_deref() == Some("ENABLED")))
    };
    named.into_iter().filter_map(state).collect()
}
