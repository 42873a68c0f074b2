//! GuardDuty: the region's detector and what it watches.

use aws_sdk_guardduty::operation::get_detector::GetDetectorOutput;
use aws_sdk_guardduty::{Client, types as sdk};

use crate::collect::reader::Reader;
use crate::resource::detective::{
    DataSource, DataSources, Detector, DetectorAdditionalConfiguration, DetectorFeature, FindingStatistics, Kubernetes,
    MalwareProtection, MemberConfiguration, ScanEc2InstanceWithFindings, SeverityStatistics,
};

use super::{tags, time};

pub async fn collect(reader: &Reader) {
    let guardduty = reader.guardduty();
    let ids = reader
        .pages(
            "guardduty:ListDetectors",
            |token| guardduty.list_detectors().max_results(50).set_next_token(token).send(),
            |page| (page.detector_ids.unwrap_or_default(), page.next_token),
        )
        .await;
    futures::future::join_all(ids.into_iter().map(|id| detector(reader, &guardduty, id))).await;
}

async fn detector(reader: &Reader, guardduty: &Client, id: String) {
    const GET: &str = "guardduty:GetDetector";
    let (output, organization, statistics) = tokio::join!(
        reader.one(GET, || guardduty.get_detector().detector_id(&id).send()),
        organization(reader, guardduty, &id),
        statistics(reader, guardduty, &id),
    );
    if output.as_ref().is_some_and(|output| output.status.is_none()) {
        reader.malformed(GET, "a detector without a status");
    }
    // A detector that the list has is there, even if nothing more could be read of it.
    let output = output.unwrap_or_else(|| GetDetectorOutput::builder().build());
    let mut detector = detector_of(id, output);
    (detector.organization_configuration, detector.finding_statistics) = (organization, statistics);
    reader.insert(detector);
}

/// Only who manages GuardDuty for the organization is answered.
async fn organization(reader: &Reader, guardduty: &Client, id: &str) -> Option<MemberConfiguration> {
    const OPERATION: &str = "guardduty:DescribeOrganizationConfiguration";
    // NOTE: AWS refuses the others as it refuses a request that is wrong, in words that it does not document. Nothing
    // is good for being refused: a detector without this is one that takes in nobody.
    const REFUSED: &[&str] = &["BadRequestException"];
    let ask = || guardduty.describe_organization_configuration().detector_id(id).send();
    let output = reader.one_or(OPERATION, REFUSED, ask).await?;
    Some(MemberConfiguration {
        auto_enable_organization_members: output.auto_enable_organization_members.map(|of| of.as_str().to_owned()),
        member_account_limit_reached: output.member_account_limit_reached,
    })
}

async fn statistics(reader: &Reader, guardduty: &Client, id: &str) -> Option<FindingStatistics> {
    const OPERATION: &str = "guardduty:GetFindingsStatistics";
    let open = sdk::Condition::builder().equals("false").build();
    let severe = sdk::Condition::builder().greater_than_or_equal(7).build();
    let criteria =
        sdk::FindingCriteria::builder().criterion("service.archived", open).criterion("severity", severe).build();
    let ask = || {
        let call = guardduty.get_findings_statistics().detector_id(id).finding_criteria(criteria.clone());
        // Severities have one decimal: there are 31 from 7.0 to 10.0.
        call.group_by(sdk::GroupByType::Severity).max_results(100).send()
    };
    let groups = reader.one(OPERATION, ask).await?.finding_statistics?.grouped_by_severity;
    let Some(groups) = groups else {
        reader.malformed(OPERATION, "statistics that are not by severity");
        return None;
    };
    let group = |group: sdk::SeverityStatistics| {
        Some(SeverityStatistics { severity: group.severity?, total_findings: group.total_findings? })
    };
    let number = groups.len();
    let mut by_severity: Vec<_> = groups.into_iter().filter_map(group).collect();
    if by_severity.len() < number {
        // What is left out would be findings that nobody is told of.
        reader.malformed(OPERATION, "a group without its severity or its number");
        return None;
    }
    by_severity.sort_by(|a, b| a.severity.total_cmp(&b.severity));
    Some(FindingStatistics { grouped_by_severity: by_severity })
}

#[expect(deprecated, reason = "endpoints without features still give data sources")]
fn detector_of(id: String, output: GetDetectorOutput) -> Detector {
    Detector {
        detector_id: id,
        status: output.status.map(|s| s.as_str().to_owned()),
        finding_publishing_frequency: output.finding_publishing_frequency.map(|f| f.as_str().to_owned()),
        service_role: output.service_role,
        created_at: output.created_at,
        updated_at: output.updated_at,
        data_sources: output.data_sources.map(data_sources_of),
        features: features_of(output.features),
        organization_configuration: None,
        finding_statistics: None,
        tags: tags(output.tags),
    }
}

/// The features by name: AWS gives them in no order.
fn features_of(features: Option<Vec<sdk::DetectorFeatureConfigurationResult>>) -> Vec<DetectorFeature> {
    let feature = |feature: sdk::DetectorFeatureConfigurationResult| {
        let mut additional: Vec<_> =
            feature.additional_configuration.into_iter().flatten().filter_map(additional_of).collect();
        additional.sort_by(|a, b| a.name.cmp(&b.name));
        Some(DetectorFeature {
            name: feature.name?.as_str().to_owned(),
            status: feature.status.map(|s| s.as_str().to_owned()),
            updated_at: time(feature.updated_at),
            additional_configuration: additional,
        })
    };
    let mut features: Vec<_> = features.into_iter().flatten().filter_map(feature).collect();
    features.sort_by(|a, b| a.name.cmp(&b.name));
    features
}

fn additional_of(of: sdk::DetectorAdditionalConfigurationResult) -> Option<DetectorAdditionalConfiguration> {
    Some(DetectorAdditionalConfiguration {
        name: of.name?.as_str().to_owned(),
        status: of.status.map(|s| s.as_str().to_owned()),
        updated_at: time(of.updated_at),
    })
}

fn data_sources_of(of: sdk::DataSourceConfigurationsResult) -> DataSources {
    let source = |status: Option<sdk::DataSourceStatus>| DataSource { status: status.map(|s| s.as_str().to_owned()) };
    DataSources {
        cloud_trail: of.cloud_trail.map(|s| source(s.status)),
        dns_logs: of.dns_logs.map(|s| source(s.status)),
        flow_logs: of.flow_logs.map(|s| source(s.status)),
        s3_logs: of.s3_logs.map(|s| source(s.status)),
        kubernetes: of.kubernetes.map(|k| Kubernetes { audit_logs: k.audit_logs.map(|s| source(s.status)) }),
        malware_protection: of.malware_protection.map(|m| MalwareProtection {
            scan_ec2_instance_with_findings: m
                .scan_ec2_instance_with_findings
                .map(|s| ScanEc2InstanceWithFindings { ebs_volumes: s.ebs_volumes.map(|v| source(v.status)) }),
        }),
    }
}
