//! Route 53, which answers once for an account: zones, and the records of public ones. Of these no more is kept than the
//! addresses that names have.

use aws_sdk_route53::{Client, types as sdk};

use crate::collect::mirror::{Listed, resources};
use crate::collect::reader::Reader;
use crate::resource::route53::{AddressRecord, HostedZone, HostedZoneConfig};

pub async fn collect(reader: &Reader) {
    let client = &reader.route53();
    let zones = reader
        .pages(
            "route53:ListHostedZones",
            |marker| client.list_hosted_zones().max_items(100).set_marker(marker).send(),
            |page| (page.hosted_zones, page.next_marker),
        )
        .await;
    let zones = resources::<HostedZone, _>(reader, zones);
    futures::future::join_all(zones.into_iter().map(async |mut zone| {
        if zone.is_private() != Some(true) {
            zone.resource_record_sets = records(reader, client, &zone.id).await;
        }
        reader.insert(zone);
    }))
    .await;
}

async fn records(reader: &Reader, client: &Client, zone: &str) -> Option<Vec<AddressRecord>> {
    let records = reader
        .all_pages(
            "route53:ListResourceRecordSets",
            |token| {
                let from = token.as_deref().map(Begin::read).unwrap_or_default();
                let call = client.list_resource_record_sets().hosted_zone_id(zone).max_items(300);
                let call = call.set_start_record_name(from.name).set_start_record_type(from.r#type);
                call.set_start_record_identifier(from.identifier).send()
            },
            |page| {
                let next = || Begin {
                    name: page.next_record_name,
                    r#type: page.next_record_type,
                    identifier: page.next_record_identifier,
                };
                let next = page.is_truncated.then(|| next().write());
                (page.resource_record_sets, next)
            },
        )
        .await?;
    let mut records: Vec<AddressRecord> = records.into_iter().filter_map(address_record).collect();
    records.sort();
    Some(records)
}

/// Where the next page begins: what AWS gives in three parts instead of a token.
#[derive(Default)]
struct Begin {
    name: Option<String>,
    r#type: Option<sdk::RrType>,
    identifier: Option<String>,
}

impl Begin {
    fn read(token: &str) -> Begin {
        // No name and no type has a tab in it.
        let mut parts = token.splitn(3, '\t').map(|part| Some(part.to_owned()).filter(|part| !part.is_empty()));
        let mut part = || parts.next().flatten();
        Begin { name: part(), r#type: part().map(|part| part.as_str().into()), identifier: part() }
    }

    fn write(&self) -> String {
        let kind = self.r#type.as_ref().map(sdk::RrType::as_str);
        let parts = [self.name.as_deref(), kind, self.identifier.as_deref()];
        parts.map(Option::unwrap_or_default).join("\t")
    }
}

/// A record with addresses of its own: an alias has none.
fn address_record(of: sdk::ResourceRecordSet) -> Option<AddressRecord> {
    if !matches!(of.r#type, sdk::RrType::A | sdk::RrType::Aaaa) {
        return None;
    }
    let mut addresses: Vec<String> = of.resource_records?.into_iter().map(|record| record.value).collect();
    addresses.sort();
    let kind = of.r#type.as_str().to_owned();
    Some(AddressRecord { name: of.name, r#type: kind, set_identifier: of.set_identifier, addresses })
}

impl Listed<sdk::HostedZone> for HostedZone {
    fn listed(of: sdk::HostedZone) -> Option<HostedZone> {
        Some(HostedZone {
            id: Some(of.id).filter(|id| !id.is_empty())?,
            name: Some(of.name).filter(|name| !name.is_empty()),
            config: of.config.map(|config| HostedZoneConfig { private_zone: config.private_zone }),
            resource_record_set_count: of.resource_record_set_count,
            resource_record_sets: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_page_begins_is_written_and_read() {
        let read = |name: Option<&str>, kind: Option<sdk::RrType>, identifier: Option<&str>| {
            let from = Begin { name: name.map(str::to_owned), r#type: kind, identifier: identifier.map(str::to_owned) };
            let read = Begin::read(&from.write());
            (read.name, read.r#type, read.identifier)
        };
        let set = read(Some("a.example."), Some(sdk::RrType::Aaaa), Some("one\ttwo"));
        assert_eq!(set, (Some("a.example.".to_owned()), Some(sdk::RrType::Aaaa), Some("one\ttwo".to_owned())));
        let simple = read(Some("a.example."), Some(sdk::RrType::A), None);
        assert_eq!(simple, (Some("a.example.".to_owned()), Some(sdk::RrType::A), None));
    }
}
