//! What is in every answer of AWS, at the place where it belongs: without it an
//! answer says nothing, and what it does not say would read as "there is none".
//!
//! In EC2's and IAM's XML a list that is empty is an empty element. So the API
//! references show it (`<associationSet/>`, `<ipv6AddressesSet/>`, `<GroupPolicyList/>`),
//! and whoever recorded answers; a list that is not there at all was left out
//! by something else. Not on the lists below is what AWS itself leaves out
//! where there is none: tags, `UserPolicyList`, a VPC's IPv6 blocks, the prefixes
//! of an interface; and what no fact rests on.

use aws_smithy_cbor::Decoder;
use aws_smithy_cbor::data::Type;
use aws_smithy_runtime_api::box_error::BoxError;

/// A list's elements, by their path from what the answer holds, and what is in each of them.
struct Within {
    action: &'static str,
    path: &'static [&'static str],
    members: &'static [&'static str],
}

const fn within(action: &'static str, path: &'static [&'static str], members: &'static [&'static str]) -> Within {
    Within { action, path, members }
}

const RULE: &[&str] = &["groups", "ipRanges", "ipv6Ranges", "prefixListIds"];

/// INVARIANT: sorted by action, those of one action together.
const WITHIN: &[Within] = &[
    within("ec2:DescribeDhcpOptions", &["dhcpOptionsSet", "item"], &["dhcpConfigurationSet"]),
    within("ec2:DescribeEgressOnlyInternetGateways", &["egressOnlyInternetGatewaySet", "item"], &["attachmentSet"]),
    within("ec2:DescribeInstances", &["reservationSet", "item"], &["instancesSet"]),
    within(
        "ec2:DescribeInstances",
        &["reservationSet", "item", "instancesSet", "item"],
        &["groupSet", "networkInterfaceSet"],
    ),
    within(
        "ec2:DescribeInstances",
        &["reservationSet", "item", "instancesSet", "item", "networkInterfaceSet", "item"],
        &["groupSet", "ipv6AddressesSet", "privateIpAddressesSet"],
    ),
    within("ec2:DescribeInternetGateways", &["internetGatewaySet", "item"], &["attachmentSet"]),
    within("ec2:DescribeLaunchTemplateVersions", &["launchTemplateVersionSet", "item"], &["launchTemplateData"]),
    within("ec2:DescribeNatGateways", &["natGatewaySet", "item"], &["natGatewayAddressSet"]),
    within("ec2:DescribeNetworkAcls", &["networkAclSet", "item"], &["associationSet", "entrySet"]),
    within(
        "ec2:DescribeNetworkInterfaces",
        &["networkInterfaceSet", "item"],
        &["groupSet", "ipv6AddressesSet", "privateIpAddressesSet"],
    ),
    within("ec2:DescribeRouteTables", &["routeTableSet", "item"], &["associationSet", "routeSet"]),
    within("ec2:DescribeSecurityGroups", &["securityGroupInfo", "item"], &["ipPermissions", "ipPermissionsEgress"]),
    within("ec2:DescribeSecurityGroups", &["securityGroupInfo", "item", "ipPermissions", "item"], RULE),
    within("ec2:DescribeSecurityGroups", &["securityGroupInfo", "item", "ipPermissionsEgress", "item"], RULE),
    within("ec2:DescribeSubnets", &["subnetSet", "item"], &["ipv6CidrBlockAssociationSet"]),
    within("ec2:DescribeVolumes", &["volumeSet", "item"], &["attachmentSet"]),
    within("ec2:DescribeVpcs", &["vpcSet", "item"], &["cidrBlockAssociationSet"]),
    within("ec2:DescribeVpnGateways", &["vpnGatewaySet", "item"], &["attachments"]),
    within(
        "elb:DescribeLoadBalancerAttributes",
        &["LoadBalancerAttributes"],
        &["AccessLog", "ConnectionDraining", "CrossZoneLoadBalancing"],
    ),
    within("elb:DescribeLoadBalancerPolicies", &["PolicyDescriptions", "member"], &["PolicyAttributeDescriptions"]),
    within(
        "iam:GetAccountAuthorizationDetails",
        &["GroupDetailList", "member"],
        &["AttachedManagedPolicies", "GroupPolicyList"],
    ),
    within("iam:GetAccountAuthorizationDetails", &["Policies", "member"], &["PolicyVersionList"]),
    within(
        "iam:GetAccountAuthorizationDetails",
        &["RoleDetailList", "member"],
        &["AttachedManagedPolicies", "InstanceProfileList", "RolePolicyList"],
    ),
    within(
        "iam:GetAccountAuthorizationDetails",
        &["UserDetailList", "member"],
        &["AttachedManagedPolicies", "GroupList"],
    ),
    within("iam:ListInstanceProfiles", &["InstanceProfiles", "member"], &["Roles"]),
    within(
        "rds:DescribeDBClusterSnapshotAttributes",
        &["DBClusterSnapshotAttributesResult"],
        &["DBClusterSnapshotAttributes"],
    ),
    within("rds:DescribeDBSnapshotAttributes", &["DBSnapshotAttributesResult"], &["DBSnapshotAttributes"]),
];

/// The rules for an action's elements.
fn rules(action: &str) -> &'static [Within] {
    let from = WITHIN.partition_point(|rule| rule.action < action);
    let to = WITHIN.partition_point(|rule| rule.action <= action);
    WITHIN.get(from..to).unwrap_or_default()
}

/// What an answer to an action lacks. `top` is what it holds itself, or several
/// names with bars between them, of which one is enough.
pub fn lack(action: &str, top: &str, body: &str) -> Option<String> {
    if body.trim_start().starts_with('<') {
        // EC2, Route 53 and S3 put their members into the root element, the others into a result inside of it.
        let base =
            if ["ec2:", "route53:", "s3:", "s3control:"].iter().any(|of| action.starts_with(of)) { 1 } else { 2 };
        match top.strip_prefix('/') {
            Some(root) => (root_of(body) != root).then(|| root.to_owned()),
            None => xml(body, base, top, rules(action)),
        }
    } else {
        (!top.is_empty() && !top.split('|').any(|name| json_member(body, name))).then(|| top.replace('|', " or "))
    }
}

/// As [`lack`], in the binary form of JSON that CloudWatch speaks.
///
/// # Errors
/// The body is no map, ends before it does, or goes on behind it.
pub fn lack_of_cbor(top: &str, body: &[u8]) -> Result<Option<String>, BoxError> {
    let mut map = Decoder::new(body);
    let (mut left, mut has_top) = (map.map()?, top.is_empty());
    loop {
        match left {
            Some(0) => break,
            None if map.datatype()? == Type::Break => {
                map.skip()?;
                break;
            }
            _ => left = left.map(|left| left - 1),
        }
        let name = map.str()?;
        let is_top = top.split('|').any(|wanted| wanted == name);
        has_top |= is_top && map.datatype()? != Type::Null;
        map.skip()?;
    }
    match body.len() - map.position() {
        0 => Ok((!has_top).then(|| top.replace('|', " or "))),
        rest => Err(format!("the answer goes on {rest} bytes behind its end").into()),
    }
}

/// The name of an answer's root element.
fn root_of(body: &str) -> &str {
    let mut tags = body.split('<').skip(1).filter(|tag| !tag.starts_with(['?', '!']));
    let tag = tags.next().unwrap_or_default();
    tag.split(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').next().unwrap_or_default()
}

/// An element that is open.
struct Open<'a> {
    name: &'a str,
    rule: Option<&'static Within>,
    /// One bit for each of the rule's members.
    seen: u32,
}

impl<'a> Open<'a> {
    fn lacks(&self) -> Option<String> {
        let rule = self.rule?;
        let missing = rule.members.iter().enumerate().find(|(index, _)| self.seen & (1 << index) == 0)?.1;
        Some(format!("{missing} in {}", rule.path.join("/")))
    }
}

/// Goes through the elements once. What is written in texts cannot be taken for an element: `<` is escaped there.
fn xml(body: &str, base: usize, top: &str, rules: &'static [Within]) -> Option<String> {
    let mut has_top = top.is_empty();
    let mut open: Vec<Open<'_>> = Vec::with_capacity(12);
    let mut rest = body;
    while !has_top || !rules.is_empty() {
        let Some(at) = rest.find('<') else { break };
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end..)).unwrap_or_default();
            continue;
        }
        if rest.starts_with(['?', '!']) {
            continue;
        }
        let Some(end) = rest.find('>') else { break };
        let (tag, after) = rest.split_at(end);
        rest = after;
        if tag.starts_with('/') {
            if let Some(lacks) = open.pop().and_then(|element| element.lacks()) {
                return Some(lacks);
            }
            continue;
        }
        let alone = tag.ends_with('/');
        let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or(tag);
        if open.len() == base && !has_top {
            has_top = top.split('|').any(|wanted| wanted == name);
        }
        if let Some(parent) = open.last_mut()
            && let Some(rule) = parent.rule
            && let Some(index) = rule.members.iter().position(|member| *member == name)
        {
            parent.seen |= 1 << index;
        }
        let rule = rules.iter().find(|rule| {
            let depth = rule.path.len();
            open.len() + 1 == base + depth
                && rule.path.last() == Some(&name)
                && open.iter().skip(base).zip(rule.path).all(|(element, step)| element.name == *step)
        });
        let element = Open { name, rule, seen: 0 };
        if !alone {
            open.push(element);
        } else if let Some(lacks) = element.lacks() {
            return Some(lacks);
        }
    }
    (!has_top).then(|| top.replace('|', " or "))
}

/// Whether the object that a text is has a member of this name that is not null.
fn json_member(text: &str, name: &str) -> bool {
    let (mut depth, mut rest) = (0_usize, text);
    while let Some(at) = rest.find(['{', '}', '[', ']', '"']) {
        let (found, after) = (rest.as_bytes().get(at), rest.get(at + 1..).unwrap_or_default());
        rest = after;
        match found {
            Some(b'{' | b'[') => depth += 1,
            Some(b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {
                let Some(end) = end_of_string(rest) else { return false };
                let (string, after) = rest.split_at(end);
                rest = after.get(1..).unwrap_or_default();
                let value = rest.trim_start().strip_prefix(':');
                if depth == 1 && string == name && value.is_some() {
                    return value.is_some_and(|value| !value.trim_start().starts_with("null"));
                }
            }
        }
    }
    false
}

/// Where the quote is that ends a string.
fn end_of_string(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::catalogue;

    fn lacks(action: &str, body: &str) -> Option<String> {
        lack(action, catalogue::operation(action).unwrap().answer, body)
    }

    #[test]
    fn rules_are_sorted_and_of_known_operations() {
        assert!(WITHIN.is_sorted_by_key(|rule| rule.action));
        for rule in WITHIN {
            let operation = catalogue::operation(rule.action).unwrap();
            assert!(operation.answer.split('|').any(|name| rule.path.first() == Some(&name)), "{}", rule.action);
            assert!(rule.members.len() < 32);
        }
    }

    /// An answer with all that its rules ask for, made from the rules; and with one member taken out of it.
    #[test]
    fn each_member_of_each_element_is_missed() {
        for rule in WITHIN {
            let whole = answer(rule.action, None);
            assert_eq!(lacks(rule.action, &whole), None, "{whole}");
            for member in rule.members {
                let cut = answer(rule.action, Some((rule.path, member)));
                let said = lacks(rule.action, &cut).unwrap_or_default();
                assert_eq!(said, format!("{member} in {}", rule.path.join("/")), "{cut}");
            }
        }
    }

    fn answer(action: &str, without: Option<(&[&str], &str)>) -> String {
        let name = action.split(':').nth(1).unwrap();
        let tops = catalogue::operation(action).unwrap().answer.split('|');
        let inner: String = tops.map(|top| element(action, &[top], without)).collect();
        match action.split(':').next() {
            Some("ec2") => format!("<{name}Response a='b'>\n<requestId>x</requestId>{inner}</{name}Response>"),
            _ => format!("<{name}Response><{name}Result>{inner}</{name}Result></{name}Response>"),
        }
    }

    fn element(action: &str, path: &[&str], without: Option<(&[&str], &str)>) -> String {
        let (name, parent) = path.split_last().unwrap();
        if without == Some((parent, name)) {
            return String::new();
        }
        let mut inside = String::new();
        for step in ["item", "member"] {
            let longer = [path, &[step]].concat();
            if rules(action).iter().any(|rule| rule.path.starts_with(&longer)) {
                inside.push_str(&element(action, &longer, without));
            }
        }
        for rule in rules(action).iter().filter(|rule| rule.path == path) {
            inside.extend(rule.members.iter().map(|member| element(action, &[path, &[member]].concat(), without)));
        }
        if inside.is_empty() { format!("<{name}/>") } else { format!("<{name}>{inside}</{name}>") }
    }

    #[test]
    fn a_member_counts_where_it_belongs() {
        let deeper = "<DescribeVpcsResponse><x><vpcSet/></x></DescribeVpcsResponse>";
        assert_eq!(lacks("ec2:DescribeVpcs", deeper).as_deref(), Some("vpcSet"));
        assert_eq!(lacks("ec2:DescribeVpcs", "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"), None);
        let status = r#"{"features":[{"status":"ENABLED"}]}"#;
        assert_eq!(lacks("guardduty:GetDetector", status).as_deref(), Some("status"));
        assert_eq!(lacks("guardduty:GetDetector", r#"{"features":[{}], "status" : "ENABLED"}"#), None);
        let outside = "<GetCallerIdentityResponse><Account>1</Account></GetCallerIdentityResponse>";
        assert_eq!(lacks("sts:GetCallerIdentity", outside).as_deref(), Some("Account"));
    }

    #[test]
    fn a_text_is_no_member() {
        for absent in [
            r#"{"a":"analyzers"}"#,
            r#"{"analyzers":null}"#,
            r#"{"a":"{\"analyzers\":1}"}"#,
            r#"["analyzers"]"#,
            r#"{"a":{"analyzers":[]}}"#,
            r#"{"a\":"#,
            "{}",
        ] {
            assert!(lacks("access-analyzer:ListAnalyzers", absent).is_some(), "{absent}");
        }
        for there in
            [r#"{"analyzers":[]}"#, r#" { "a" : {"b":[1,"]"]}, "analyzers" : 0 }"#, r#"{"a":"\\","analyzers":[]}"#]
        {
            assert_eq!(lacks("access-analyzer:ListAnalyzers", there), None, "{there}");
        }
        let text = "<DescribeVpcsResponse><a>&lt;vpcSet/&gt;</a><!-- <vpcSet/> --></DescribeVpcsResponse>";
        assert!(lacks("ec2:DescribeVpcs", text).is_some());
    }

    #[test]
    fn a_map_in_binary_has_its_member_and_ends_where_it_ends() {
        // {"MetricAlarms": []}, without and with its length; the same with null in place of the list.
        let member = b"\x6cMetricAlarms\x80";
        let open = [b"\xbf", &member[..], b"\xff"].concat();
        let counted = [b"\xa1", &member[..]].concat();
        let null = [b"\xa1", &member[..13], b"\xf6"].concat();
        let said = |body: &[u8]| lack_of_cbor("MetricAlarms", body);
        for whole in [&open, &counted] {
            assert_eq!(said(whole).unwrap(), None);
            for end in 0..whole.len() {
                assert!(said(&whole[..end]).is_err(), "{end}");
            }
            assert!(said(&[&whole[..], b"\x00"].concat()).is_err());
        }
        assert_eq!(said(&null).unwrap().as_deref(), Some("MetricAlarms"));
        assert_eq!(said(b"\xa0").unwrap().as_deref(), Some("MetricAlarms"));
        assert!(said(&[b"\x81", &open[..]].concat()).is_err());
    }
}
