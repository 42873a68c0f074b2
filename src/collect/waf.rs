//! AWS WAF: the web ACLs of a region, each with the load balancers that it stands before. A load balancer does not say
//! which one it has, and there are fewer web ACLs than load balancers.

use aws_sdk_wafv2::types::{ResourceType, Scope};

use crate::collect::mirror::{Mirror, listed_of, resources};
use crate::collect::reader::Reader;
use crate::resource::waf::WebAcl;

pub async fn collect(reader: &Reader) {
    let client = &reader.waf();
    let acls = reader
        .pages(
            "wafv2:ListWebACLs",
            |marker| client.list_web_acls().scope(Scope::Regional).limit(100).set_next_marker(marker).send(),
            |page| (page.web_acls.unwrap_or_default(), page.next_marker),
        )
        .await;
    let acls = resources::<WebAcl, _>(reader, acls);
    futures::future::join_all(acls.into_iter().map(async |mut acl| {
        let balancers = ResourceType::ApplicationLoadBalancer;
        let call = || client.list_resources_for_web_acl().web_acl_arn(&acl.arn).resource_type(balancers.clone()).send();
        let answer = reader.one("wafv2:ListResourcesForWebACL", call).await;
        acl.resource_arns = answer.map(|answer| Mirror::mirror(answer.resource_arns));
        reader.insert(acl);
    }))
    .await;
}

listed_of! { [aws_sdk_wafv2, waf] WebAclSummary => WebAcl by [arn] { name, description } later { resource_arns } }
