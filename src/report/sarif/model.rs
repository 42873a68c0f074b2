//! The objects of SARIF 2.1.0 that the report uses, in the specification's
//! names; part numbers are those of the OASIS standard.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// sarifLog, 3.13.
#[derive(Serialize)]
pub struct Log {
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    pub version: &'static str,
    pub runs: Vec<Run>,
}

/// run, 3.14.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    pub tool: Tool,
    pub automation_details: AutomationDetails,
    pub invocations: Vec<Invocation>,
    pub column_kind: &'static str,
    pub results: Vec<SarifResult>,
    pub properties: BTreeMap<&'static str, Value>,
}

/// tool, 3.18.
#[derive(Serialize)]
pub struct Tool {
    pub driver: Driver,
}

/// toolComponent, 3.19.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    pub name: &'static str,
    pub version: String,
    pub rules: Vec<Descriptor>,
    pub notifications: Vec<Descriptor>,
}

/// reportingDescriptor, 3.49.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub short_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_description: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_configuration: Option<Configuration>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<&'static str, Value>,
}

/// message, 3.11, and multiformatMessageString, 3.12, with text only.
#[derive(Serialize)]
pub struct Text {
    pub text: String,
}

/// multiformatMessageString, 3.12.
#[derive(Serialize)]
pub struct Help {
    pub text: String,
    pub markdown: String,
}

/// reportingConfiguration, 3.50.
#[derive(Serialize)]
pub struct Configuration {
    pub level: &'static str,
}

/// runAutomationDetails, 3.17.
#[derive(Serialize)]
pub struct AutomationDetails {
    pub id: String,
}

/// invocation, 3.20.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invocation {
    pub execution_successful: bool,
    pub start_time_utc: String,
    pub tool_execution_notifications: Vec<Notification>,
}

/// notification, 3.58.
#[derive(Serialize)]
pub struct Notification {
    pub descriptor: DescriptorReference,
    pub level: &'static str,
    pub message: Text,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<&'static str, Value>,
}

/// reportingDescriptorReference, 3.52.
#[derive(Serialize)]
pub struct DescriptorReference {
    pub id: &'static str,
}

/// result, 3.27.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SarifResult {
    pub rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_index: Option<usize>,
    pub kind: &'static str,
    pub level: &'static str,
    pub message: Text,
    pub locations: Vec<Location>,
    pub partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
    pub properties: BTreeMap<&'static str, Value>,
}

/// suppression, 3.35.
#[derive(Serialize)]
pub struct Suppression {
    pub kind: &'static str,
    pub status: &'static str,
    pub justification: String,
    pub location: Location,
}

/// location, 3.28.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    pub physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logical_locations: Vec<LogicalLocation>,
}

/// physicalLocation, 3.29.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhysicalLocation {
    pub artifact_location: ArtifactLocation,
    pub region: Region,
}

/// artifactLocation, 3.4.
#[derive(Serialize)]
pub struct ArtifactLocation {
    pub uri: String,
}

/// region, 3.30.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    pub start_line: u32,
}

/// logicalLocation, 3.33.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogicalLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub fully_qualified_name: String,
    pub kind: &'static str,
}
