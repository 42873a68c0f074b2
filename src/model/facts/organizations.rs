//! Facts of the organization and of an account's contacts.

use crate::model::facts::facts;
use crate::model::{Kind, Value};
use crate::resource::organizations::{
    AlternateContact, ContactInformation, DelegatedAdministrator, Organization, OrganizationAccount,
    OrganizationPolicy, OrganizationRoot, OrganizationalUnit,
};

facts! { Organization {
    "id": Kind::Text, "the organization's id", |organization, _| &organization.id;
}}
facts! { OrganizationRoot {
    "id": Kind::Text, "the root's id", |root, _| &root.id;
}}
facts! { OrganizationalUnit {
    "id": Kind::Text, "the unit's id", |unit, _| &unit.id;
}}
facts! { OrganizationAccount {
    "id": Kind::Text, "the account's id", |account, _| &account.id;
}}
facts! { OrganizationPolicy {
    "id": Kind::Text, "the policy's id", |policy, _| &policy.id;
}}
facts! { DelegatedAdministrator {
    "id": Kind::Text, "the account's id", |administrator, _| &administrator.id;
}}
facts! { ContactInformation {
    "company_name": Kind::Text, "the company that the account is registered for",
        |contact, _| Value::optional(contact.company_name.as_deref());
}}
facts! { AlternateContact {
    "email_address": Kind::Text, "where AWS writes to", |contact, _| Value::optional(contact.email_address.as_deref());
}}
