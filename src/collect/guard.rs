//! Interceptors on every client: nothing that writes leaves the process, and
//! no answer that is cut short is believed.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::resource::ResourceType;

use super::{answer, catalogue};

/// What is called beside the resource types' own operations, to find the targets.
const TARGET_OPERATIONS: [&str; 6] = [
    "sts:GetCallerIdentity",
    "sts:AssumeRole",
    "ec2:DescribeRegions",
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "organizations:ListTagsForResource",
];

/// Every operation that driftline may call, sorted; as resource types declare them.
pub fn allowed_operations() -> Vec<&'static str> {
    let of_types = ResourceType::ALL.iter().flat_map(|of| of.operations()).copied();
    let mut all: Vec<_> = of_types.chain(TARGET_OPERATIONS).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The service as it stands in operations' names, from the SDK's name for it.
fn action_prefix(service: &str) -> &str {
    match service {
        "EC2" => "ec2",
        "IAM" => "iam",
        "STS" => "sts",
        "Organizations" => "organizations",
        "Config Service" => "config",
        "CloudTrail" => "cloudtrail",
        "CloudWatch" => "cloudwatch",
        "GuardDuty" => "guardduty",
        "SecurityHub" => "securityhub",
        "AccessAnalyzer" => "access-analyzer",
        "Account" => "account",
        "Elastic Load Balancing" => "elb",
        "Elastic Load Balancing v2" => "elbv2",
        "Global Accelerator" => "globalaccelerator",
        "Direct Connect" => "directconnect",
        "Inspector2" => "inspector2",
        "Macie2" => "macie2",
        "Detective" => "detective",
        "Lambda" => "lambda",
        "Network Firewall" => "network-firewall",
        "RDS" => "rds",
        "Route 53" => "route53",
        "S3" => "s3",
        "S3 Control" => "s3control",
        "WAFV2" => "wafv2",
        "SSM" => "ssm",
        other => other,
    }
}

/// Refuses every operation that no collector declares, before it is built.
#[derive(Debug)]
pub struct ReadOnly;

#[dyn_dispatch_hint]
impl Intercept for ReadOnly {
    fn name(&self) -> &'static str {
        "ReadOnly"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        static ALLOWED: std::sync::LazyLock<Vec<&'static str>> = std::sync::LazyLock::new(allowed_operations);
        let Some(metadata) = cfg.load::<Metadata>() else {
            return Err("refused: the request does not say which operation it is".into());
        };
        let action = format!("{}:{}", action_prefix(metadata.service()), metadata.name());
        match ALLOWED.binary_search(&action.as_str()) {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(format!("refused: {action} is not one of the read operations that driftline declares").into())
            }
        }
    }
}

/// Refuses an answer without a body, an XML answer whose root element is not
/// closed, and one without what AWS puts into every answer of the operation, or
/// into every element of its list.
///
/// The SDK's parsers take a list that ends in the middle for the whole list,
/// no JSON for an empty object, and an absent list for an empty one, if the HTTP
/// framing is right: what is missing would read as "does not exist".
#[derive(Debug)]
pub struct WholeBody;

#[dyn_dispatch_hint]
impl Intercept for WholeBody {
    fn name(&self) -> &'static str {
        "WholeBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let Some(body) = response.body().bytes().filter(|_| response.status().is_success()) else { return Ok(()) };
        let Some(metadata) = cfg.load::<Metadata>() else { return Ok(()) };
        let action = format!("{}:{}", action_prefix(metadata.service()), metadata.name());
        let top = catalogue::operation(&action).map_or("", |operation| operation.answer);
        if response.headers().get("content-type").is_some_and(|kind| kind.starts_with("application/cbor")) {
            let lack = answer::lack_of_cbor(top, body)?;
            return lack.map_or(Ok(()), |lack| Err(lacks(&lack)));
        }
        // The SDK hands a bucket's policy on as it is: nobody else would see that its end is missing.
        let whole_policy = |body: &[u8]| serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
        if !is_whole(body) || (action == "s3:GetBucketPolicy" && !whole_policy(body)) {
            return Err(
                format!("the answer is cut short: its {} bytes do not close their root element", body.len()).into()
            );
        }
        // A whole body is UTF-8.
        let lack = answer::lack(&action, top, std::str::from_utf8(body).unwrap_or_default());
        lack.map_or(Ok(()), |lack| Err(lacks(&lack)))
    }
}

fn lacks(lack: &str) -> BoxError {
    format!("the answer does not hold {lack}, which is in every answer to it").into()
}

/// Whether a body that starts like XML ends by closing its root element.
fn is_whole(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    let text = text.trim();
    if text.is_empty() {
        return false;
    }
    if !text.starts_with('<') {
        // JSON: the parser itself finds a missing end.
        return true;
    }
    let mut rest = text;
    loop {
        let Some(at) = rest.find('<') else { return false };
        rest = &rest[at + 1..];
        if !rest.starts_with(['?', '!']) {
            break;
        }
    }
    let name: &str = rest.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or("");
    let closed =
        text.strip_suffix('>').map(str::trim_end).and_then(|t| t.strip_suffix(name)).is_some_and(|t| t.ends_with("</"));
    let empty = text.ends_with("/>") && rest.find('>') == Some(rest.len() - 1);
    !name.is_empty() && (closed || empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reading_verbs_are_allowed() {
        let reads = ["Describe", "Get", "List", "Lookup", "BatchGet", "Select", "Search"];
        for action in allowed_operations() {
            let verb = action.split(':').nth(1).unwrap();
            let reading = reads.iter().any(|read| verb.starts_with(read));
            let harmless = matches!(action, "sts:AssumeRole" | "iam:GenerateCredentialReport");
            assert!(reading || harmless, "{action}");
        }
    }

    /// The endpoint counts connections: a refused request never leaves the process.
    #[tokio::test]
    async fn a_mutating_call_is_refused_before_it_leaves() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let config = aws_sdk_ec2::Config::builder()
            .behavior_version(aws_config::BehaviorVersion::v2026_01_12())
            .endpoint_url(endpoint)
            .region(aws_config::Region::new("eu-west-1"))
            .credentials_provider(aws_credential_types::Credentials::new("AKIA", "secret", None, None, "test"))
            .interceptor(ReadOnly)
            .build();
        let client = aws_sdk_ec2::Client::from_conf(config);

        let error = client.create_vpc().cidr_block("10.0.0.0/16").send().await.unwrap_err();
        let text = aws_smithy_types::error::display::DisplayErrorContext(&error).to_string();
        assert!(text.contains("refused: ec2:CreateVpc is not one of the read operations"), "{text}");
        let connected = tokio::time::timeout(std::time::Duration::from_millis(100), listener.accept()).await;
        assert!(connected.is_err(), "the refused call reached the endpoint");

        // The same client does send what is declared: the test can fail.
        let read = tokio::spawn(async move { client.describe_vpcs().send().await });
        tokio::time::timeout(std::time::Duration::from_secs(10), listener.accept()).await.unwrap().unwrap();
        read.abort();
    }

    #[test]
    fn a_body_is_whole_if_its_root_is_closed() {
        for whole in ["<A><b/></A>", "<?xml version=\"1.0\"?>\n<A xmlns=\"x\">t</A >\n", "<A/>", "{\"a\":"] {
            assert!(is_whole(whole.as_bytes()), "{whole}");
        }
        for cut in [
            "<A><b/>",
            "<A><A></A",
            "<A><item>x</item>",
            "<A><b></b/>",
            "",
            " \n",
            "<?xml version=\"1.0\"?>",
            "<A",
            "<A>\n<b/>",
        ] {
            assert!(!is_whole(cut.as_bytes()), "{cut}");
        }
    }
}
