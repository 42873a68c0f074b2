//! What IAM lists kind by kind: devices, certificates, providers of identity, instance profiles.

use aws_sdk_iam::Client;

use crate::collect::convert::timestamp;
use crate::collect::reader::Reader;
use crate::resource::iam::{InstanceProfile, OidcProvider, SamlProvider, ServerCertificate, VirtualMfaDevice};

use super::{PAGE, arn, next, tags};

pub async fn collect(reader: &Reader, iam: &Client) {
    together!(
        mfa_devices(reader, iam),
        certificates(reader, iam),
        saml_providers(reader, iam),
        oidc_providers(reader, iam),
        instance_profiles(reader, iam),
    )
    .await;
}

async fn mfa_devices(reader: &Reader, iam: &Client) {
    const OPERATION: &str = "iam:ListVirtualMFADevices";
    let devices = reader
        .pages(
            OPERATION,
            |token| iam.list_virtual_mfa_devices().max_items(PAGE).set_marker(token).send(),
            |page| (page.virtual_mfa_devices, next(page.is_truncated, page.marker)),
        )
        .await;
    for device in devices {
        let Some(serial_number) = arn(Some(&device.serial_number)) else {
            reader.malformed(OPERATION, "a device whose serial number is no ARN");
            continue;
        };
        reader.insert(VirtualMfaDevice {
            serial_number,
            user_arn: device.user.and_then(|user| arn(Some(&user.arn))),
            enable_date: timestamp(device.enable_date),
            tags: tags(device.tags),
        });
    }
}

async fn certificates(reader: &Reader, iam: &Client) {
    const OPERATION: &str = "iam:ListServerCertificates";
    let certificates = reader
        .pages(
            OPERATION,
            |token| iam.list_server_certificates().max_items(PAGE).set_marker(token).send(),
            |page| (page.server_certificate_metadata_list, next(page.is_truncated, page.marker)),
        )
        .await;
    for certificate in certificates {
        let Some(arn) = arn(Some(&certificate.arn)) else {
            reader.malformed(OPERATION, "a certificate without an ARN");
            continue;
        };
        reader.insert(ServerCertificate {
            server_certificate_name: certificate.server_certificate_name,
            server_certificate_id: Some(certificate.server_certificate_id),
            arn,
            path: Some(certificate.path),
            upload_date: timestamp(certificate.upload_date),
            expiration: timestamp(certificate.expiration),
        });
    }
}

async fn saml_providers(reader: &Reader, iam: &Client) {
    const OPERATION: &str = "iam:ListSAMLProviders";
    let Some(output) = reader.one(OPERATION, || iam.list_saml_providers().send()).await else { return };
    for provider in output.saml_provider_list.unwrap_or_default() {
        let Some(arn) = arn(provider.arn.as_deref()) else {
            reader.malformed(OPERATION, "a provider without an ARN");
            continue;
        };
        reader.insert(SamlProvider {
            arn,
            valid_until: timestamp(provider.valid_until),
            create_date: timestamp(provider.create_date),
        });
    }
}

async fn oidc_providers(reader: &Reader, iam: &Client) {
    const LIST: &str = "iam:ListOpenIDConnectProviders";
    let Some(output) = reader.one(LIST, || iam.list_open_id_connect_providers().send()).await else { return };
    let providers = output.open_id_connect_provider_list.unwrap_or_default();
    futures::future::join_all(providers.into_iter().map(async |provider| {
        let Some(arn) = arn(provider.arn.as_deref()) else {
            return reader.malformed(LIST, "a provider without an ARN");
        };
        let detail = reader
            .one("iam:GetOpenIDConnectProvider", || {
                iam.get_open_id_connect_provider().open_id_connect_provider_arn(arn.as_str()).send()
            })
            .await;
        reader.insert(match detail {
            Some(detail) => {
                // AWS leaves empty lists out.
                let mut client_id_list = detail.client_id_list.unwrap_or_default();
                let mut thumbprint_list = detail.thumbprint_list.unwrap_or_default();
                client_id_list.sort();
                thumbprint_list.sort();
                OidcProvider {
                    arn,
                    url: detail.url,
                    client_id_list: Some(client_id_list),
                    thumbprint_list: Some(thumbprint_list),
                    create_date: timestamp(detail.create_date),
                    tags: tags(detail.tags),
                }
            }
            None => OidcProvider {
                arn,
                url: None,
                client_id_list: None,
                thumbprint_list: None,
                create_date: None,
                tags: Vec::new(),
            },
        });
    }))
    .await;
}

async fn instance_profiles(reader: &Reader, iam: &Client) {
    const OPERATION: &str = "iam:ListInstanceProfiles";
    let profiles = reader
        .pages(
            OPERATION,
            |token| iam.list_instance_profiles().max_items(PAGE).set_marker(token).send(),
            |page| (page.instance_profiles, next(page.is_truncated, page.marker)),
        )
        .await;
    for profile in profiles {
        let Some(arn) = arn(Some(&profile.arn)) else {
            reader.malformed(OPERATION, "an instance profile without an ARN");
            continue;
        };
        let mut roles: Vec<String> = profile.roles.into_iter().map(|role| role.role_name).collect();
        roles.sort();
        reader.insert(InstanceProfile {
            instance_profile_name: profile.instance_profile_name,
            instance_profile_id: Some(profile.instance_profile_id),
            arn,
            path: Some(profile.path),
            create_date: timestamp(Some(profile.create_date)),
            roles,
            tags: tags(profile.tags),
        });
    }
}
