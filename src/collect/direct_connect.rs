//! Direct Connect: two lists. What a virtual interface's ends know in secret stays where it arrives.

use aws_sdk_directconnect::{Client, types as sdk};

use crate::collect::mirror::{Mirror, insert, listed_of, mirror_of};
use crate::collect::reader::Reader;
use crate::resource::Tag;
use crate::resource::direct_connect::{Connection, VirtualInterface};

pub async fn collect(reader: &Reader) {
    let client = &reader.direct_connect();
    together!(connections(reader, client), virtual_interfaces(reader, client)).await;
}

async fn connections(reader: &Reader, client: &Client) {
    let connections = reader
        .pages(
            "directconnect:DescribeConnections",
            |token| client.describe_connections().max_results(100).set_next_token(token).send(),
            |page| (page.connections.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<Connection, _>(reader, connections);
}

async fn virtual_interfaces(reader: &Reader, client: &Client) {
    let interfaces = reader
        .pages(
            "directconnect:DescribeVirtualInterfaces",
            |token| client.describe_virtual_interfaces().max_results(100).set_next_token(token).send(),
            |page| (page.virtual_interfaces.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<VirtualInterface, _>(reader, interfaces);
}

/// A tag may have no value.
impl Mirror<sdk::Tag> for Tag {
    fn mirror(of: sdk::Tag) -> Tag {
        Tag { key: of.key, value: of.value.unwrap_or_default() }
    }
}

listed_of! { [aws_sdk_directconnect, direct_connect] Connection => Connection by [connection_id] { connection_name, owner_account, connection_state, region, location, bandwidth, lag_id, partner_name, encryption_mode, tags } }
listed_of! { [aws_sdk_directconnect, direct_connect] VirtualInterface => VirtualInterface by [virtual_interface_id] { virtual_interface_name, owner_account, virtual_interface_state, virtual_interface_type, connection_id, location, virtual_gateway_id, direct_connect_gateway_id, asn, amazon_side_asn, route_filter_prefixes, site_link_enabled, tags } }
mirror_of! { [aws_sdk_directconnect, direct_connect]
    RouteFilterPrefix => RouteFilterPrefix { cidr }
}
