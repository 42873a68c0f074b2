//! Access Analyzer: the analyzers of the region, of every kind.

use aws_sdk_accessanalyzer::{Client, types as sdk};

use crate::collect::reader::Reader;
use crate::resource::detective::{Analyzer, AnalyzerConfiguration, StatusReason, UnusedAccess};

use super::{tags, time};

pub async fn collect(reader: &Reader) {
    let client = reader.accessanalyzer();
    let analyzers = reader
        .pages(
            "access-analyzer:ListAnalyzers",
            // AWS does not say how large a page may be; a region has a handful of analyzers.
            |token| client.list_analyzers().set_next_token(token).send(),
            |page| (page.analyzers, page.next_token),
        )
        .await;
    futures::future::join_all(analyzers.into_iter().map(async |analyzer| {
        let mut analyzer = analyzer_of(analyzer);
        // The findings of other kinds are of another sort: access that is unused, or within.
        if matches!(analyzer.r#type.as_str(), "ACCOUNT" | "ORGANIZATION") && analyzer.status == "ACTIVE" {
            analyzer.total_active_findings = findings(reader, &client, &analyzer.arn).await;
        }
        reader.insert(analyzer);
    }))
    .await;
}

async fn findings(reader: &Reader, client: &Client, analyzer: &str) -> Option<i32> {
    const OPERATION: &str = "access-analyzer:GetFindingsStatistics";
    let ask = || client.get_findings_statistics().analyzer_arn(analyzer).send();
    let statistics = reader.one(OPERATION, ask).await?.findings_statistics.unwrap_or_default();
    let external = statistics.iter().find_map(|of| of.as_external_access_findings_statistics().ok());
    let total = external.and_then(|of| of.total_active_findings);
    if total.is_none() {
        reader.malformed(OPERATION, format!("no number of active findings of {analyzer}"));
    }
    total
}

fn analyzer_of(analyzer: sdk::AnalyzerSummary) -> Analyzer {
    Analyzer {
        arn: analyzer.arn,
        name: analyzer.name,
        r#type: analyzer.r#type.as_str().to_owned(),
        status: analyzer.status.as_str().to_owned(),
        status_reason: analyzer.status_reason.map(|reason| StatusReason { code: reason.code.as_str().to_owned() }),
        created_at: time(Some(analyzer.created_at)),
        last_resource_analyzed: analyzer.last_resource_analyzed,
        last_resource_analyzed_at: time(analyzer.last_resource_analyzed_at),
        configuration: analyzer.configuration.map(|configuration| AnalyzerConfiguration {
            unused_access: configuration
                .as_unused_access()
                .ok()
                .map(|unused| UnusedAccess { unused_access_age: unused.unused_access_age }),
        }),
        managed_by: analyzer.managed_by,
        total_active_findings: None,
        tags: tags(analyzer.tags),
    }
}
