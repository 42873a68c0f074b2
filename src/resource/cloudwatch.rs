//! CloudWatch: alarms of metrics.

use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// Where NAT gateways have their metrics.
const NAT_GATEWAYS: &str = "AWS/NATGateway";
/// The dimension that says which of them.
const NAT_GATEWAY_ID: &str = "NatGatewayId";

/// An alarm that watches NAT gateways. Others are not kept: there may be thousands, and no check asks for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm {
    pub alarm_name: String,
    pub alarm_arn: Option<String>,
    pub actions_enabled: Option<bool>,
    #[serde(default)]
    pub alarm_actions: Vec<String>,
    pub namespace: Option<String>,
    pub metric_name: Option<String>,
    pub statistic: Option<String>,
    /// A percentile, in place of a statistic.
    pub extended_statistic: Option<String>,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    /// Seconds.
    pub period: Option<i32>,
    pub evaluation_periods: Option<i32>,
    /// How many of them have to be bad; all, where AWS does not say.
    pub datapoints_to_alarm: Option<i32>,
    pub threshold: Option<f64>,
    pub comparison_operator: Option<String>,
    pub treat_missing_data: Option<String>,
    /// In place of a single metric: metrics and expressions.
    #[serde(default)]
    pub metrics: Vec<MetricQuery>,
    /// The query whose band is the threshold.
    pub threshold_metric_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    pub name: Option<String>,
    pub value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricQuery {
    pub id: Option<String>,
    pub expression: Option<String>,
    pub metric_stat: Option<MetricStat>,
    pub return_data: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat {
    pub metric: Option<Metric>,
    pub period: Option<i32>,
    pub stat: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    pub namespace: Option<String>,
    pub metric_name: Option<String>,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
}

/// Which NAT gateways an alarm watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched<'a> {
    /// One, by a metric of its own.
    Gateway(&'a str),
    /// These, by queries; whatever their queries come to.
    Named(Vec<&'a str>),
    /// Those that a search finds.
    Found,
}

impl Alarm {
    /// None if it has to do with none.
    pub fn watched(&self) -> Option<Watched<'_>> {
        if self.namespace.as_deref() == Some(NAT_GATEWAYS) {
            return gateway(&self.dimensions).map(Watched::Gateway);
        }
        if self.metrics.iter().filter_map(|query| query.expression.as_deref()).any(|text| text.contains(NAT_GATEWAYS)) {
            return Some(Watched::Found);
        }
        let metrics = self.metrics.iter().filter_map(|query| query.metric_stat.as_ref()?.metric.as_ref());
        let named = metrics
            .filter(|metric| metric.namespace.as_deref() == Some(NAT_GATEWAYS))
            .filter_map(|metric| gateway(&metric.dimensions));
        Some(named.collect::<Vec<_>>()).filter(|named| !named.is_empty()).map(Watched::Named)
    }
}

/// A metric with a dimension more is another one: that of a zone, of which there are several.
fn gateway(dimensions: &[Dimension]) -> Option<&str> {
    match dimensions {
        [one] if one.name.as_deref() == Some(NAT_GATEWAY_ID) => one.value.as_deref(),
        _ => None,
    }
}

impl AwsResource for Alarm {
    const TYPE: &'static str = "AWS::CloudWatch::Alarm";
    const OPERATIONS: &'static [&'static str] = &["cloudwatch:DescribeAlarms"];

    fn id(&self) -> &str {
        &self.alarm_name
    }
    fn arn(&self, scope: &Scope) -> Arn {
        let given = self.alarm_arn.as_ref().and_then(|arn| arn.parse().ok());
        given.unwrap_or_else(|| scope.arn("cloudwatch", format_args!("alarm:{}", self.id())))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.alarm_name)
    }
}
