//! What takes connections in and hands them on: load balancers of both generations, and Global Accelerator.
//!
//! IAM has one name for both generations of Elastic Load Balancing. Their operations are told apart by the names
//! that the AWS CLI has for the two services, `elb` and `elbv2`; [`crate::resource::iam_action`] leads back.

mod accelerator;
mod classic;
mod listener;
mod load_balancer;
mod target_group;

pub use accelerator::{
    Accelerator, AcceleratorEvent, AcceleratorIpSet, AcceleratorListener, AcceleratorPortRange, EndpointDescription,
    EndpointGroup, PortOverride,
};
pub use classic::{
    AdditionalAttribute, BackendServerDescription, ClassicAccessLog, ClassicAttributes, ClassicHealthCheck,
    ClassicInstance, ClassicListener, ClassicLoadBalancer, ConnectionDraining, ConnectionSettings,
    CrossZoneLoadBalancing, ListenerDescription, PolicyAttributeDescription, PolicyDescription, SourceSecurityGroup,
};
pub use listener::{
    Action, Certificate, ForwardActionConfig, Listener, MutualAuthentication, RedirectActionConfig, Rule,
    TargetGroupTuple,
};
pub use load_balancer::{
    BalancerAttribute, BalancerIpamPools, LoadBalancer, LoadBalancerAddress, LoadBalancerState, LoadBalancerZone,
};
pub use target_group::{Matcher, TargetDescription, TargetGroup, TargetHealth, TargetHealthDescription};
