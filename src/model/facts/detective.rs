//! Facts of these types.
use crate::model::facts::facts;
use crate::resource::detective::*;

facts! { ConfigurationRecorder {}}
facts! { DeliveryChannel {}}
facts! { ComplianceSummary {}}
facts! { Trail {}}
facts! { Detector {}}
facts! { Hub {}}
facts! { Analyzer {}}
