//! Access Analyzer: the analyzers of the region, of every kind.

use aws_sdk_accessanalyzer::types as sdk;

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
    for analyzer in analyzers {
        reader.insert(analyzer_of(analyzer));
    }
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
        tags: tags(analyzer.tags),
    }
}
