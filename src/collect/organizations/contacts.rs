//! Whom AWS writes to about an account.

use aws_sdk_account::types::AlternateContactType;

use crate::collect::reader::Reader;
use crate::resource::organizations::{AlternateContact, ContactInformation};

/// What AWS says where no contact is set.
const NOT_SET: &[&str] = &["ResourceNotFoundException"];

pub async fn collect(reader: &Reader) {
    let client = reader.account_management();
    let primary = async {
        let output =
            reader.one_or("account:GetContactInformation", NOT_SET, || client.get_contact_information().send()).await;
        if let Some(contact) = output.and_then(|output| output.contact_information) {
            reader
                .insert(ContactInformation { company_name: contact.company_name, country_code: contact.country_code });
        }
    };
    let matters = [AlternateContactType::Billing, AlternateContactType::Operations, AlternateContactType::Security];
    let alternate = futures::future::join_all(matters.iter().map(async |matter| {
        let output = reader
            .one_or("account:GetAlternateContact", NOT_SET, || {
                client.get_alternate_contact().alternate_contact_type(matter.clone()).send()
            })
            .await;
        if let Some(contact) = output.and_then(|output| output.alternate_contact) {
            reader.insert(AlternateContact {
                alternate_contact_type: matter.as_str().to_owned(),
                email_address: contact.email_address,
            });
        }
    }));
    tokio::join!(primary, alternate);
}
