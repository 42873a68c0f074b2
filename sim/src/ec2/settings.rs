//! Regions, and the settings of an account in a region.

use super::{Outcome, list, whole};
use crate::call::Call;
use crate::clock::iso_millis;
use crate::defects::Code;
use crate::org::NOT_OPTED_IN;
use crate::page::Limits;
use crate::xml::Xml;

/// Regions that must be opted in to, among those a user may configure.
const OPT_IN: [&str; 17] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

pub fn regions(call: &Call, x: &mut Xml) -> Outcome {
    let org = call.org;
    let all = call.params.text("AllRegions") == Some("true");
    let asked = call.params.list("RegionName");
    let enabled = org.regions.iter().map(|name| {
        let opted = OPT_IN.contains(&name.as_str());
        (name.as_str(), if opted { "opted-in" } else { "opt-in-not-required" })
    });
    let disabled = NOT_OPTED_IN
        .iter()
        .filter(|name| all && !org.regions.iter().any(|region| region == *name))
        .map(|name| (*name, "not-opted-in"));
    let regions = enabled.chain(disabled).filter(|(name, _)| asked.is_empty() || asked.contains(name));
    whole(x, "regionInfo", regions, |x, (name, status)| {
        x.put("regionName", name);
        x.put("regionEndpoint", format!("ec2.{name}.amazonaws.com"));
        x.put("optInStatus", status);
    })
}

pub fn block_public_access(call: &Call, x: &mut Xml) -> Outcome {
    x.node("vpcBlockPublicAccessOptions", |x| {
        x.put("awsAccountId", call.account_id());
        x.put("awsRegion", call.cell.region_name());
        x.put("state", "default-state");
        x.put("internetGatewayBlockMode", "off");
        x.put("lastUpdateTimestamp", iso_millis(call.cell.created("bpa", 0)));
        x.put("managedBy", "account");
        x.put("exclusionsAllowed", "allowed");
    });
    Ok(())
}

pub fn exclusions(call: &Call, x: &mut Xml) -> Outcome {
    let set = "vpcBlockPublicAccessExclusionSet";
    list(call, x, set, 0, Limits::ec2(1000), |_, _| {})
}

pub fn ebs_encryption(call: &Call, x: &mut Xml) -> Outcome {
    x.put("ebsEncryptionByDefault", !call.cell.has(Code::EbsDefaultOff));
    x.put("sseType", "sse-ebs");
    Ok(())
}

pub fn snapshot_access(call: &Call, x: &mut Xml) -> Outcome {
    let open = call.cell.has(Code::SnapshotPublic);
    x.put("state", if open { "unblocked" } else { "block-all-sharing" });
    x.put("managedBy", "account");
    Ok(())
}

pub fn image_access(call: &Call, x: &mut Xml) -> Outcome {
    let open = call.cell.has(Code::ImagePublic);
    let state = if open { "unblocked" } else { "block-new-sharing" };
    x.put("imageBlockPublicAccessState", state);
    x.put("managedBy", "account");
    Ok(())
}

pub fn metadata_defaults(call: &Call, x: &mut Xml) -> Outcome {
    let _ = call;
    x.node("accountLevel", |x| {
        x.put("httpTokens", "required");
        x.put("httpPutResponseHopLimit", 2_u32);
        x.put("managedBy", "account");
    });
    Ok(())
}

/// Nobody turned the serial console on, and it is off unless somebody does.
pub fn serial_console(call: &Call, x: &mut Xml) -> Outcome {
    let _ = call;
    x.put("serialConsoleAccessEnabled", false);
    x.put("managedBy", "account");
    Ok(())
}
