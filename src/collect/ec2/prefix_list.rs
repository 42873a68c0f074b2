use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ec2::Client;
use tokio::sync::OnceCell;

use crate::arn::Region;
use crate::collect::reader::Reader;
use crate::resource::ec2::{PrefixList, PrefixListEntry};

use super::mirror::{Mirror, listed, mirror};

/// Entries that the scan has read. A version of a list never changes, and AWS's
/// lists and shared ones are the same in every account: each is read once.
#[derive(Default)]
pub struct PrefixLists(Mutex<HashMap<Key, Entries>>);

type Key = (Region, String, Option<i64>);
type Entries = Arc<OnceCell<Vec<PrefixListEntry>>>;

impl PrefixLists {
    fn entries(&self, key: Key) -> Entries {
        Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
    }
}

/// The lists of the account, of those who share theirs with it, and of AWS.
pub async fn collect(reader: &Reader, ec2: &Client) {
    let lists = reader
        .pages(
            "ec2:DescribeManagedPrefixLists",
            // AWS allows pages of no more than 100 here.
            |token| ec2.describe_managed_prefix_lists().max_results(100).set_next_token(token).send(),
            |page| (page.prefix_lists.unwrap_or_default(), page.next_token),
        )
        .await;
    let lists = super::mirror::resources::<PrefixList, _>(reader, lists);
    futures::future::join_all(lists.into_iter().map(async |mut list| {
        list.entries = entries(reader, ec2, &list).await;
        reader.insert(list);
    }))
    .await;
}

async fn entries(reader: &Reader, ec2: &Client, list: &PrefixList) -> Option<Vec<PrefixListEntry>> {
    const OPERATION: &str = "ec2:GetManagedPrefixListEntries";
    let key = (reader.scope().region.clone(), list.prefix_list_id.clone(), list.version);
    let shared = reader.prefix_lists().entries(key);
    let read = shared.get_or_try_init(async || {
        let entries = reader
            .all_pages(
                OPERATION,
                |token| {
                    let call = ec2.get_managed_prefix_list_entries().prefix_list_id(&list.prefix_list_id);
                    call.max_results(100).set_next_token(token).send()
                },
                |page| (page.entries.unwrap_or_default(), page.next_token),
            )
            .await;
        // A failure is this account's own: the next one that has the list tries again.
        entries.map(once).ok_or(())
    });
    let entries = read.await.ok()?.clone();
    reader.record(OPERATION, crate::inventory::Outcome::Complete);
    Some(entries)
}

/// A list holds a block once; a page that came twice does not double it.
fn once(entries: Vec<aws_sdk_ec2::types::PrefixListEntry>) -> Vec<PrefixListEntry> {
    let mut entries: Vec<PrefixListEntry> = Mirror::mirror(Some(entries));
    let mut seen = std::collections::HashSet::new();
    entries.retain(|entry| seen.insert(entry.cidr.clone()));
    entries
}

listed! { ManagedPrefixList => PrefixList by [prefix_list_id] { address_family, state, state_message, prefix_list_arn, prefix_list_name, max_entries, version, owner_id, ipam_prefix_list_resolver_target_id, ipam_prefix_list_resolver_sync_enabled, tags } later { entries } }
mirror! {
    PrefixListEntry => PrefixListEntry { cidr, description }
}
