//! Facts of hosted zones: where their names lead.

use crate::inventory::Missing;
use crate::model::facts::facts;
use crate::model::{Context, Field, Kind, Record, Value};
use crate::net::IpSet;
use crate::resource::route53::{AddressRecord, HostedZone};

const RECORDS: &str = "route53:ListResourceRecordSets";

const ADDRESS_RECORDS: &[Field] = &[
    Field { name: "name", kind: Kind::Text, doc: "the name, with a dot at its end" },
    Field { name: "kind", kind: Kind::Text, doc: "`A` or `AAAA`" },
    Field {
        name: "set",
        kind: Kind::Text,
        doc: "what tells records of one name and type apart, where there are several",
    },
    Field { name: "addresses", kind: Kind::Ips, doc: "its addresses" },
    Field {
        name: "unheld",
        kind: Kind::Ips,
        doc: "those of them that no account that was read holds: as an elastic address, on an interface, in a VPC's blocks \
            or as an accelerator's; unknown if there are some and the organization was not read as a whole",
    },
];

facts! { HostedZone {
    "name": Kind::Text, "its domain, with a dot at its end", |zone, _| Value::optional(zone.name.as_deref());
    "is_private": Kind::Bool, "whether only VPCs get answers", |zone, _| match zone.is_private() {
        Some(private) => private.into(),
        None => Value::Unknown(Missing::because("AWS does not say whether the zone is private")),
    };
    "address_records": Kind::List(ADDRESS_RECORDS), "the records with addresses of their own; aliases have none, and of a private zone none are read",
        uses ["route53:ListResourceRecordSets", "ec2:DescribeAddresses", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "globalaccelerator:ListAccelerators", "organizations:DescribeOrganization", "organizations:ListAccounts"],
        |zone, context| match zone.is_private() {
            Some(true) => Value::Absent,
            _ => context.field(RECORDS, zone.resource_record_sets.as_ref()
                .map(|all| all.iter().map(|one| record(one, context)).collect::<Vec<_>>())),
        };
}}

fn record(of: &AddressRecord, context: &Context<'_>) -> Record {
    let addresses = IpSet::from_blocks(&of.addresses)
        .map_err(|error| Missing::because(format!("the record {} {}: {error}", of.name, of.r#type)));
    let unheld = addresses.clone().and_then(|all| context.held_by_nobody(&all.intersection(&IpSet::internet())));
    let values = [
        Value::Text(of.name.clone()),
        Value::Text(of.r#type.clone()),
        Value::optional(of.set_identifier.as_deref()),
        Value::known(addresses),
        Value::known(unheld),
    ];
    Record::new(ADDRESS_RECORDS, values)
}
