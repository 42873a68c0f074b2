//! Facts of web ACLs.

use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::waf::WebAcl;

facts! { WebAcl {
    "name": Kind::Text, "its name", |acl, _| Value::optional(acl.name.as_deref());
    "load_balancers": Kind::Texts, "the ARNs of the application load balancers that it stands before",
        uses ["wafv2:ListResourcesForWebACL"],
        |acl, context| context.field("wafv2:ListResourcesForWebACL", acl.resource_arns.clone());
}}
