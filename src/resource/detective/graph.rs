use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

/// A behavior graph of Detective, which the account administers. Those that it is a member of do not show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BehaviorGraph {
    pub arn: String,
    pub created_time: Option<Timestamp>,
}

impl AwsResource for BehaviorGraph {
    const TYPE: &'static str = "AWS::Detective::Graph";
    const OPERATIONS: &'static [&'static str] = &["detective:ListGraphs"];

    fn id(&self) -> &str {
        &self.arn
    }
    fn arn(&self, scope: &Scope) -> Arn {
        self.arn.parse().unwrap_or_else(|_| scope.arn("detective", "graph"))
    }
}
