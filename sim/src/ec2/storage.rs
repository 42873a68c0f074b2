//! Images, disks and their copies, launch templates, and the way in for people's own devices.
//!
//! Every instance has one disk, every disk one snapshot; every cell with a network has one image of its own, from
//! which two of three instances were launched, and one template for each of its VPCs.

use super::interfaces::Machine;
use super::{Outcome, list, tags, whole};
use crate::call::Call;
use crate::cell::{Cell, Vpc};
use crate::clock::{DAY, iso_millis};
use crate::defects::Code;
use crate::org::Class;
use crate::page::Limits;
use crate::xml::Xml;

/// Who owns the image that the third of three instances was launched from.
const AMAZON: &str = "137112412989";

pub fn image_id(cell: &Cell) -> String {
    cell.id("ami", 0)
}

/// The same for all accounts of a region.
fn amazon_image_id(cell: &Cell) -> String {
    Cell { account: 0, ..*cell }.id("ami", 1 << 60)
}

/// What an instance was launched from.
pub fn image_of(cell: &Cell, machine: &Machine) -> String {
    match machine.index {
        Some(index) if index % 3 == 2 => amazon_image_id(cell),
        _ => image_id(cell),
    }
}

/// Every instance has an id of its own, and one disk.
pub fn volume_id(machine: &Machine) -> String {
    machine.id.replacen("i-", "vol-", 1)
}

fn snapshot_id(machine: &Machine) -> String {
    machine.id.replacen("i-", "snap-", 1)
}

/// The disk that is planted.
pub fn plain_volume_id(cell: &Cell) -> String {
    volume_id(&Machine::regular(cell, Vpc::Regular(0), 0))
}

pub fn first_snapshot_id(cell: &Cell) -> String {
    snapshot_id(&Machine::regular(cell, Vpc::Regular(0), 0))
}

pub fn template_id(cell: &Cell, vpc: u32) -> String {
    cell.vpc_part("lt", Vpc::Regular(vpc), 0)
}

pub fn client_vpn_id(cell: &Cell) -> String {
    cell.id("cvpn-endpoint", 0)
}

/// The n-th instance of a cell.
pub fn machine(cell: &Cell, n: u32) -> Machine {
    let per_vpc = cell.instances();
    if n < cell.regular_vpcs() * per_vpc {
        Machine::regular(cell, Vpc::Regular(n / per_vpc), n % per_vpc)
    } else {
        Machine::bastion(cell)
    }
}

/// How many instances a cell has.
pub fn machines(cell: &Cell) -> u32 {
    cell.regular_vpcs() * cell.instances() + u32::from(cell.has_bastion())
}

/// Whether a disk, and so its copy, is not encrypted: a copy of one that is cannot be given to all.
fn is_plain(cell: &Cell, machine: &Machine) -> bool {
    let planted = cell.has(Code::EbsUnencrypted) || cell.has(Code::EbsSnapshotPublic);
    planted && machine.vpc == Vpc::Regular(0) && machine.index == Some(0)
}

fn encryption(cell: &Cell, machine: &Machine, x: &mut Xml) {
    let plain = is_plain(cell, machine);
    x.put("encrypted", !plain);
    if !plain {
        x.put("kmsKeyId", cell.arn("kms", &format!("key/{}", cell.id("ebs", 0))));
    }
}

/// The account's own, or those of everybody with the ids that a filter names.
pub fn images(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    if !call.params.any("Filter.") {
        let own = u32::from(cell.regular_vpcs() > 0);
        return list(call, x, "imagesSet", own, Limits::ec2(1000), |x, _| own_image(&cell, x));
    }
    let asked = call.params.list("Filter.1.Value");
    let named = |id: &String| asked.contains(&id.as_str());
    let amazon = Some(amazon_image_id(&cell)).filter(named);
    let own = Some(image_id(&cell)).filter(|id| cell.regular_vpcs() > 0 && named(id));
    whole(x, "imagesSet", amazon.into_iter().map(Some).chain(own.map(|_| None)), |x, id| match id {
        Some(id) => amazon_image(call, &id, x),
        None => own_image(&cell, x),
    })
}

fn own_image(cell: &Cell, x: &mut Xml) {
    image(cell, &image_id(cell), &cell.owner(), "app-base", cell.created("ami", 0), cell.has(Code::AmiPublic), x);
    x.tag_set(&tags(cell, Vpc::Regular(0), "ami", "base"));
}

fn amazon_image(call: &Call, id: &str, x: &mut Xml) {
    let made = call.org.now.saturating_sub(90 * DAY);
    image(&call.cell, id, AMAZON, "al2023-ami-2023.9-x86_64", made, true, x);
    x.put("imageOwnerAlias", "amazon");
    x.put("deprecationTime", iso_millis(call.org.now + 640 * DAY));
    x.put("imdsSupport", "v2.0");
}

fn image(cell: &Cell, id: &str, owner: &str, name: &str, made: u64, public: bool, x: &mut Xml) {
    x.put("imageId", id);
    x.put("imageLocation", format!("{owner}/{name}"));
    x.put("imageState", "available");
    x.put("imageOwnerId", owner);
    x.put("creationDate", iso_millis(made));
    x.put("isPublic", public);
    x.put("architecture", "x86_64");
    x.put("imageType", "machine");
    x.put("name", name);
    x.put("rootDeviceType", "ebs");
    x.put("rootDeviceName", "/dev/xvda");
    x.items("blockDeviceMapping", "item", [()], |x, ()| {
        x.put("deviceName", "/dev/xvda");
        x.node("ebs", |x| {
            x.put("snapshotId", cell.id("snap", cell.hash(id, 0)));
            x.put("volumeSize", 8_u32);
            x.put("deleteOnTermination", true);
            x.put("volumeType", "gp3");
            x.put("encrypted", owner != AMAZON);
        });
    });
    x.put("virtualizationType", "hvm");
    x.put("hypervisor", "xen");
    x.put("enaSupport", true);
    x.put("platformDetails", "Linux/UNIX");
}

pub fn volumes(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    list(call, x, "volumeSet", machines(&cell), Limits::ec2(1000), |x, n| {
        let machine = machine(&cell, n);
        let made = iso_millis(machine.launched(&cell));
        x.put("volumeId", volume_id(&machine));
        x.put("size", 8_u32);
        x.put("availabilityZone", cell.zone(machine.subnet));
        x.put("status", "in-use");
        x.put("createTime", &made);
        x.items("attachmentSet", "item", [()], |x, ()| {
            x.put("volumeId", volume_id(&machine));
            x.put("instanceId", &machine.id);
            x.put("device", "/dev/xvda");
            x.put("status", "attached");
            x.put("attachTime", &made);
            x.put("deleteOnTermination", true);
        });
        x.put("volumeType", "gp3");
        x.put("iops", 3000_u32);
        encryption(&cell, &machine, x);
        x.put("multiAttachEnabled", false);
        x.tag_set(&tags(&cell, machine.vpc, "vol", &machine.name()));
    })
}

/// All of the account, or those of them that anyone may restore.
pub fn snapshots(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let public = call.params.any("RestorableBy.");
    let total = if public { u32::from(cell.has(Code::EbsSnapshotPublic)) } else { machines(&cell) };
    list(call, x, "snapshotSet", total.min(machines(&cell)), Limits::ec2(1000), |x, n| {
        let machine = machine(&cell, n);
        x.put("snapshotId", snapshot_id(&machine));
        x.put("volumeId", volume_id(&machine));
        x.put("status", "completed");
        x.put("startTime", iso_millis(call.org.now.saturating_sub(DAY)));
        x.put("progress", "100%");
        x.put("ownerId", cell.owner());
        x.put("volumeSize", 8_u32);
        x.put("description", "nightly");
        encryption(&cell, &machine, x);
        x.put("storageTier", "standard");
        x.tag_set(&tags(&cell, machine.vpc, "snap", &machine.name()));
    })
}

pub fn templates(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let limits = Limits { min: 1, ..Limits::ec2(200) };
    list(call, x, "launchTemplates", cell.regular_vpcs(), limits, |x, n| {
        x.put("launchTemplateId", template_id(&cell, n));
        x.put("launchTemplateName", format!("app-{n}"));
        x.put("createTime", iso_millis(cell.created("lt", u64::from(n))));
        x.put("createdBy", format!("arn:aws:iam::{}:role/deployer", cell.owner()));
        x.put("defaultVersionNumber", 2_u32);
        x.put("latestVersionNumber", 3_u32);
        x.tag_set(&tags(&cell, Vpc::Regular(n), "lt", "app"));
    })
}

/// Of every template the default version and the latest.
pub fn template_versions(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let limits = Limits { min: 1, ..Limits::ec2(200) };
    list(call, x, "launchTemplateVersionSet", cell.regular_vpcs() * 2, limits, |x, n| {
        let (vpc, number) = (n / 2, 2 + n % 2);
        x.put("launchTemplateId", template_id(&cell, vpc));
        x.put("launchTemplateName", format!("app-{vpc}"));
        x.put("versionNumber", number);
        x.put("createTime", iso_millis(cell.created("lt", u64::from(vpc))));
        x.put("createdBy", format!("arn:aws:iam::{}:role/deployer", cell.owner()));
        x.put("defaultVersion", number == 2);
        x.node("launchTemplateData", |x| {
            x.put("imageId", image_id(&cell));
            x.put("instanceType", "m6i.large");
            // `#!/bin/sh`, and nothing that a scan may keep.
            x.put("userData", "IyEvYmluL3NoCg==");
            x.texts("securityGroupIdSet", "item", [cell.group_id(Vpc::Regular(vpc), 2)]);
            let v1 = cell.has(Code::TemplateImdsv1) && vpc == 0 && number == 2;
            x.node("metadataOptions", |x| {
                x.put("httpTokens", if v1 { "optional" } else { "required" });
                x.put("httpPutResponseHopLimit", 1_u32);
                x.put("httpEndpoint", "enabled");
            });
        });
    })
}

/// The shop's people come in by one, in its first region.
pub fn client_vpns(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let total = u32::from(cell.class() == Class::ShopProd && cell.region == 0 || cell.has(Code::ClientVpnNoLog));
    let total = if cell.regular_vpcs() > 0 { total } else { 0 };
    list(call, x, "clientVpnEndpoint", total, Limits::ec2(1000), |x, _| {
        let vpc = Vpc::Regular(0);
        x.put("clientVpnEndpointId", client_vpn_id(&cell));
        x.put("description", "people");
        x.node("status", |x| x.put("code", "available"));
        x.put("creationTime", iso_millis(cell.created("cvpn", 0)));
        x.put("dnsName", format!("*.{}.prod.clientvpn.{}.amazonaws.com", client_vpn_id(&cell), cell.region_name()));
        x.put("clientCidrBlock", "100.64.0.0/22");
        x.put("splitTunnel", true);
        x.put("vpnProtocol", "openvpn");
        x.put("transportProtocol", "udp");
        x.put("vpnPort", 443_u32);
        x.put("serverCertificateArn", cell.arn("acm", "certificate/00000000-0000-4000-8000-000000000000"));
        x.items("authenticationOptions", "item", [()], |x, ()| {
            x.put("type", "certificate-authentication");
            x.node("mutualAuthentication", |x| {
                x.put(
                    "clientRootCertificateChain",
                    cell.arn("acm", "certificate/00000000-0000-4000-8000-000000000001"),
                );
            });
        });
        x.node("connectionLogOptions", |x| {
            let logs = !cell.has(Code::ClientVpnNoLog);
            x.put("Enabled", logs);
            if logs {
                x.put("CloudwatchLogGroup", "/vpn/people");
            }
        });
        x.tag_set(&tags(&cell, vpc, "cvpn", "people"));
        x.texts("securityGroupIdSet", "item", [cell.group_id(vpc, 5)]);
        x.put("vpcId", cell.vpc_id(vpc));
        x.put("sessionTimeoutHours", 24_u32);
    })
}
