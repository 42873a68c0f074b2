//! Systems Manager: the account's own documents, each with whom it is shared, and the machines that it manages.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::{DocumentKeyValuesFilter, DocumentPermissionType, Tag as SdkTag};

use crate::collect::mirror::{Mirror, insert, listed_of, resources};
use crate::collect::reader::Reader;
use crate::resource::Tag;
use crate::resource::ssm::{Document, ManagedInstance};

pub async fn collect(reader: &Reader) {
    let ssm = &reader.ssm();
    together!(documents(reader, ssm), managed_instances(reader, ssm)).await;
}

async fn documents(reader: &Reader, ssm: &Client) {
    // Hundreds are AWS's, in every region.
    let own = DocumentKeyValuesFilter::builder().key("Owner").values("Self").build();
    let documents = reader
        .pages(
            "ssm:ListDocuments",
            |token| ssm.list_documents().filters(own.clone()).max_results(50).set_next_token(token).send(),
            |page| (page.document_identifiers.unwrap_or_default(), page.next_token),
        )
        .await;
    let documents = resources::<Document, _>(reader, documents);
    futures::future::join_all(documents.into_iter().map(async |mut document| {
        document.account_ids = shared_with(reader, ssm, &document.name).await;
        reader.insert(document);
    }))
    .await;
}

async fn shared_with(reader: &Reader, ssm: &Client, document: &str) -> Option<Vec<String>> {
    let mut accounts = reader
        .all_pages(
            "ssm:DescribeDocumentPermission",
            |token| {
                let call = ssm.describe_document_permission().name(document);
                call.permission_type(DocumentPermissionType::Share).max_results(200).set_next_token(token).send()
            },
            |page| (page.account_ids.unwrap_or_default(), page.next_token),
        )
        .await?;
    accounts.sort();
    Some(accounts)
}

async fn managed_instances(reader: &Reader, ssm: &Client) {
    let instances = reader
        .pages(
            "ssm:DescribeInstanceInformation",
            |token| ssm.describe_instance_information().max_results(50).set_next_token(token).send(),
            |page| (page.instance_information_list.unwrap_or_default(), page.next_token),
        )
        .await;
    insert::<ManagedInstance, _>(reader, instances);
}

impl Mirror<SdkTag> for Tag {
    fn mirror(of: SdkTag) -> Tag {
        Tag { key: of.key, value: of.value }
    }
}

listed_of! { [aws_sdk_ssm, ssm] DocumentIdentifier => Document by [name] { document_type, document_format, document_version, target_type, tags } later { account_ids } }
listed_of! { [aws_sdk_ssm, ssm] InstanceInformation => ManagedInstance by [instance_id] { ping_status, resource_type, agent_version, platform_type, platform_name, platform_version, iam_role, name } }
