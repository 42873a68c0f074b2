//! Services that watch: Config, CloudTrail, GuardDuty, Security Hub, Access Analyzer, Inspector, Macie, Detective.

mod aggregator;
mod analyzer;
mod compliance_summary;
mod configuration_recorder;
mod delivery_channel;
mod detector;
mod graph;
mod hub;
mod inspector;
mod macie;
mod tag_map;
mod trail;

pub use aggregator::{AccountAggregationSource, ConfigurationAggregator, OrganizationAggregationSource};
pub use analyzer::{Analyzer, AnalyzerConfiguration, StatusReason, UnusedAccess};
pub use compliance_summary::{ComplianceContributorCount, ComplianceSummary};
pub use configuration_recorder::{
    ConfigurationRecorder, ConfigurationRecorderStatus, ExclusionByResourceTypes, RecordingGroup, RecordingMode,
    RecordingModeOverride, RecordingStrategy,
};
pub use delivery_channel::{
    ConfigExportDeliveryInfo, ConfigSnapshotDeliveryProperties, ConfigStreamDeliveryInfo, DeliveryChannel,
    DeliveryChannelStatus,
};
pub use detector::{
    DataSource, DataSources, Detector, DetectorAdditionalConfiguration, DetectorFeature, FindingStatistics, Kubernetes,
    MalwareProtection, MemberConfiguration, ScanEc2InstanceWithFindings, SeverityStatistics,
};
pub use graph::BehaviorGraph;
pub use hub::{Hub, HubOrganization, StandardsStatusReason, StandardsSubscription};
pub use inspector::{InspectorResourceState, InspectorSeverityCounts, InspectorState, InspectorStatus};
pub use macie::{AutomatedDiscovery, MacieSession};
pub use trail::{
    AdvancedEventSelector, AdvancedFieldSelector, DataResource, EventSelector, EventSelectors, Trail, TrailStatus,
};
