use aws_sdk_ec2::Client;

use crate::collect::reader::Reader;
use crate::resource::ec2::{AttributeValue, DhcpConfiguration, DhcpOptions};

use super::mirror::{Mirror, insert, listed};

pub async fn collect(reader: &Reader, ec2: &Client) {
    let options = reader
        .pages(
            "ec2:DescribeDhcpOptions",
            |token| ec2.describe_dhcp_options().max_results(1000).set_next_token(token).send(),
            |page| (page.dhcp_options.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<DhcpOptions, _>(reader, options);
}

listed! { DhcpOptions => DhcpOptions by [dhcp_options_id] { owner_id, dhcp_configurations, tags } }

impl Mirror<aws_sdk_ec2::types::DhcpConfiguration> for DhcpConfiguration {
    /// Keeps the order of the values: a client asks the first name server first.
    fn mirror(of: aws_sdk_ec2::types::DhcpConfiguration) -> DhcpConfiguration {
        let values = of.values.into_iter().flatten();
        DhcpConfiguration { key: of.key, values: values.map(|value| AttributeValue { value: value.value }).collect() }
    }
}
