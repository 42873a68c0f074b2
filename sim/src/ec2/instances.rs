//! Instances, one per reservation.

use super::interfaces::{Machine, addresses, attachment, group_set};
use super::{Outcome, list, storage, tags};
use crate::call::Call;
use crate::cell::{Cell, Vpc};
use crate::clock::iso_millis;
use crate::defects::Code;
use crate::page::Limits;
use crate::xml::Xml;

pub fn instances(call: &Call, x: &mut Xml) -> Outcome {
    let cell = call.cell;
    let limits = Limits::ec2(1000);
    list(call, x, "reservationSet", storage::machines(&cell), limits, |x, n| {
        let machine = storage::machine(&cell, n);
        x.put("reservationId", cell.id("r", u64::from(n)));
        x.put("ownerId", cell.owner());
        x.node("groupSet", |_| {});
        x.items("instancesSet", "item", [()], |x, ()| {
            instance_item(&cell, &machine, x);
        });
    })
}

/// Whether the instance answers metadata requests without a token.
pub fn metadata_v1(cell: &Cell, vpc: Vpc, index: Option<u32>) -> bool {
    cell.has(Code::Ec2Imdsv1) && vpc == Vpc::Regular(0) && index == Some(0)
}

const TYPES: [&str; 5] = ["t3.medium", "m6i.large", "m7g.xlarge", "c6i.large", "r6i.large"];

fn instance_item(cell: &Cell, machine: &Machine, x: &mut Xml) {
    let launched = iso_millis(machine.launched(cell));
    let draw = cell.hash("instance", machine.index.map_or(1 << 40, u64::from));
    x.put("instanceId", &machine.id);
    x.put("imageId", storage::image_of(cell, machine));
    x.node("instanceState", |x| {
        x.put("code", 16_u32);
        x.put("name", "running");
    });
    x.put("privateDnsName", format!("ip-{}.internal", machine.address.replace('.', "-")));
    x.put("instanceType", TYPES[(draw % 5) as usize]);
    x.put("launchTime", &launched);
    x.node("placement", |x| {
        x.put("availabilityZone", cell.zone(machine.subnet));
        x.put("groupName", "");
        x.put("tenancy", "default");
    });
    x.node("monitoring", |x| x.put("state", "disabled"));
    x.put("subnetId", cell.subnet_id(machine.vpc, machine.subnet));
    x.put("vpcId", cell.vpc_id(machine.vpc));
    x.put("privateIpAddress", &machine.address);
    if let Some(public) = &machine.public {
        x.put("ipAddress", public);
    }
    x.put("sourceDestCheck", true);
    group_set(&machine.groups, x);
    x.put("architecture", if draw % 5 == 2 { "arm64" } else { "x86_64" });
    x.put("rootDeviceType", "ebs");
    x.put("rootDeviceName", "/dev/xvda");
    x.items("blockDeviceMapping", "item", [()], |x, ()| {
        x.put("deviceName", "/dev/xvda");
        x.node("ebs", |x| {
            x.put("volumeId", storage::volume_id(machine));
            x.put("status", "attached");
            x.put("attachTime", &launched);
            x.put("deleteOnTermination", true);
        });
    });
    x.put("virtualizationType", "hvm");
    x.put("hypervisor", "xen");
    x.node("iamInstanceProfile", |x| {
        let owner = cell.owner();
        x.put("arn", format!("arn:aws:iam::{owner}:instance-profile/app-instance"));
        x.put("id", cell.org.unique_id("AIPA", cell.account, "app-instance"));
    });
    x.items("networkInterfaceSet", "item", [()], |x, ()| {
        x.put("networkInterfaceId", &machine.interface);
        x.put("subnetId", cell.subnet_id(machine.vpc, machine.subnet));
        x.put("vpcId", cell.vpc_id(machine.vpc));
        x.put("description", "");
        x.put("ownerId", cell.owner());
        x.put("status", "in-use");
        x.put("privateIpAddress", &machine.address);
        x.put("sourceDestCheck", true);
        x.put("interfaceType", "interface");
        group_set(&machine.groups, x);
        attachment(cell, machine, false, x);
        let association = |x: &mut Xml| {
            if let Some(public) = &machine.public {
                x.node("association", |x| {
                    x.put("publicIp", public);
                    x.put("ipOwnerId", "amazon");
                });
            }
        };
        association(x);
        addresses(&machine.address, association, x);
    });
    x.put("ebsOptimized", true);
    x.node("metadataOptions", |x| {
        let v1 = metadata_v1(cell, machine.vpc, machine.index);
        x.put("state", "applied");
        x.put("httpTokens", if v1 { "optional" } else { "required" });
        x.put("httpPutResponseHopLimit", 2_u32);
        x.put("httpEndpoint", "enabled");
        x.put("httpProtocolIpv6", "disabled");
        x.put("instanceMetadataTags", "disabled");
    });
    x.tag_set(&tags(cell, machine.vpc, "i", &machine.name()));
}
