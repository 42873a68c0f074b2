//! Facts of IAM.

use crate::model::Kind;
use crate::model::facts::facts;
use crate::resource::AwsResource;
use crate::resource::iam::*;

facts! { User {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { Group {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { Role {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { ManagedPolicy {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { AwsManagedPolicy {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { InstanceProfile {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { AccessKey {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { CredentialReport {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { AccountSummary {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { AccountPasswordPolicy {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { AccountAlias {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { VirtualMfaDevice {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { ServerCertificate {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { SamlProvider {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
facts! { OidcProvider {
    "id": Kind::Text, "what tells it apart", |resource, _| resource.id();
}}
