//! What the changes of an epoch came to, from the pages themselves: a list is
//! asked for in the first epoch and in this one, and what differs has changed.

use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, HeaderValue};
use serde::Serialize;

use crate::answer::{Request, Sim};
use crate::faults::Faults;
use crate::org::Organization;

/// A resource that is not what it was in the first epoch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The account id.
    pub account: String,
    /// The region, or `global`.
    pub region: String,
    /// The list that shows it.
    pub operation: &'static str,
    /// Its id, or the name of a policy.
    pub resource: String,
}

/// Lists with resources that change: the list, its element, and what tells its items apart.
const LISTS: [(&str, &str, &str); 14] = [
    ("DescribeAddresses", "addressesSet", "allocationId"),
    ("DescribeVpcs", "vpcSet", "vpcId"),
    ("DescribeSubnets", "subnetSet", "subnetId"),
    ("DescribeRouteTables", "routeTableSet", "routeTableId"),
    ("DescribeNetworkAcls", "networkAclSet", "networkAclId"),
    ("DescribeSecurityGroups", "securityGroupInfo", "groupId"),
    ("DescribeInternetGateways", "internetGatewaySet", "internetGatewayId"),
    ("DescribeEgressOnlyInternetGateways", "egressOnlyInternetGatewaySet", "egressOnlyInternetGatewayId"),
    ("DescribeNatGateways", "natGatewaySet", "natGatewayId"),
    ("DescribeVpcEndpoints", "vpcEndpointSet", "vpcEndpointId"),
    ("DescribeFlowLogs", "flowLogSet", "flowLogId"),
    ("DescribeNetworkInterfaces", "networkInterfaceSet", "networkInterfaceId"),
    ("DescribeInstances", "instancesSet", "instanceId"),
    ("GetAccountAuthorizationDetails", "Policies", "PolicyName"),
];

impl Organization {
    /// Everything that differs from the first epoch, in one account or in all, sorted.
    pub fn changed(&self, account: Option<&str>) -> Vec<Change> {
        let before = Sim::new(Organization { epoch: 0, ..self.clone() }, Faults::default());
        let after = Sim::new(self.clone(), Faults::default());
        let accounts = self.account_ids().into_iter().filter(|id| account.is_none_or(|only| only == id));
        let mut changes = Vec::new();
        for account in accounts {
            for (operation, set, id) in LISTS {
                let of_iam = operation == "GetAccountAuthorizationDetails";
                let regions = if of_iam { self.regions.get(..1) } else { self.regions.get(..) };
                for region in regions.unwrap_or_default() {
                    let old = items(&before, &account, region, operation, set);
                    let new = items(&after, &account, region, operation, set);
                    let region = if of_iam { "global".to_owned() } else { region.clone() };
                    // What was changed is in neither list as it is in the other; so is what is new, or gone.
                    let only = |of: &[String], other: &[String]| -> Vec<String> {
                        of.iter().filter(|item| !other.contains(item)).cloned().collect()
                    };
                    let differ = [only(&old, &new), only(&new, &old)].concat();
                    changes.extend(differ.iter().filter_map(|item| {
                        let resource = text(item, id)?.to_owned();
                        Some(Change { account: account.clone(), region: region.clone(), operation, resource })
                    }));
                }
            }
        }
        changes.sort();
        changes.dedup();
        changes
    }
}

/// The items of all elements of this name on all pages of a list.
fn items(sim: &Sim, account: &str, region: &str, operation: &str, set: &str) -> Vec<String> {
    let service = if operation.starts_with("Get") { "iam" } else { "ec2" };
    let mut headers = HeaderMap::new();
    let scope = format!("AWS4-HMAC-SHA256 Credential=AKIA{account}DEMO/20260101/{region}/{service}/aws4_request");
    if let Ok(scope) = HeaderValue::from_str(&scope) {
        headers.insert(AUTHORIZATION, scope);
    }
    let (mut all, mut marker) = (Vec::new(), String::new());
    loop {
        let filter = if service == "iam" { "&Filter.member.1=LocalManagedPolicy" } else { "" };
        let body = format!("Action={operation}{filter}{marker}");
        let request = Request { method: "POST", path: "/", query: "", headers: &headers, body: body.as_bytes() };
        let reply = sim.answer(&request).reply;
        let page = String::from_utf8(reply.body).unwrap_or_default();
        let (open, close) = (format!("<{set}>"), format!("</{set}>"));
        let lists = page.split(&open).skip(1).filter_map(|rest| rest.split(&close).next());
        lists.for_each(|list| all.extend(split(list)));
        match text(&page, "Marker") {
            // A token is base64 for addresses: nothing in it has to be encoded.
            Some(next) => marker = format!("&Marker={next}"),
            None => return all,
        }
    }
}

/// The elements at the top of a list.
fn split(list: &str) -> Vec<String> {
    let (mut found, mut depth, mut begin, mut at) = (Vec::new(), 0_u32, 0, 0);
    while let Some(next) = list.get(at..).and_then(|rest| rest.find('<')) {
        let tag = at + next;
        let end = list.get(tag..).and_then(|rest| rest.find('>')).map_or(list.len(), |end| tag + end + 1);
        if list.get(tag..).is_some_and(|rest| rest.starts_with("</")) {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                found.extend(list.get(begin..end).map(str::to_owned));
            }
        } else {
            if depth == 0 {
                begin = tag;
            }
            depth += 1;
        }
        at = end;
    }
    found
}

/// The text of the first element with this tag.
fn text<'a>(xml: &'a str, tag: &str) -> Option<&'a str> {
    xml.split_once(&format!("<{tag}>"))?.1.split_once(&format!("</{tag}>")).map(|(text, _)| text)
}
