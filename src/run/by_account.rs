//! An organization, account by account, on all cores: no more accounts are in
//! memory at once than there are cores, whatever the organization's size.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use jiff::Timestamp;

use crate::arn::AccountId;
use crate::catalog::Catalog;
use crate::evaluate::{self, Judgement};
use crate::finding::{Finding, Shared};
use crate::inventory::Surroundings;
use crate::inventory::snapshot::{Snapshot, SnapshotError};
use crate::model::Model;

use super::iam::ways::OrganizationWays;

/// What is known of all accounts of a snapshot together.
#[derive(Default)]
pub(super) struct Survey {
    pub surroundings: Surroundings,
    /// Types that this driftline does not know, and how many of each are in the snapshot.
    pub ignored: BTreeMap<String, usize>,
}

/// Reads every account once, for what the others have to know of it.
///
/// # Errors
/// A part is damaged.
pub(super) fn survey(snapshot: &Snapshot) -> Result<Survey, SnapshotError> {
    let mut survey = Survey::default();
    let accounts: Vec<_> = snapshot.accounts().collect();
    on_all_cores(
        &accounts,
        |account| snapshot.load(account),
        |loaded| {
            survey.surroundings.note(&loaded.inventory);
            for (of, number) in loaded.ignored {
                *survey.ignored.entry(of).or_default() += number;
            }
        },
    )?;
    look_again(snapshot, &mut survey.surroundings)?;
    Ok(survey)
}

/// Reads the owners of shared VPCs once more: on the first look nobody knew yet what is shared.
///
/// # Errors
/// A part is damaged.
pub(super) fn look_again(snapshot: &Snapshot, surroundings: &mut Surroundings) -> Result<(), SnapshotError> {
    let read: Vec<AccountId> = snapshot.accounts().collect();
    let owners: Vec<AccountId> =
        surroundings.owners().filter(|owner| read.binary_search(owner).is_ok()).cloned().collect();
    on_all_cores(&owners, |owner| snapshot.load(owner), |loaded| surroundings.note_owner(&loaded.inventory))
}

/// Judges every account over what is known of the others.
///
/// # Errors
/// A part is damaged.
pub(super) fn judge(
    snapshot: &Snapshot,
    surroundings: &Arc<Surroundings>,
    ways: &OrganizationWays<'_>,
    catalog: &Catalog,
    now: Timestamp,
    options: evaluate::Options,
) -> Result<Judgement, SnapshotError> {
    let (mut all, mut shared) = (Judgement::default(), Shared::default());
    let accounts: Vec<_> = snapshot.accounts().collect();
    let mut ahead = accounts.len();
    on_all_cores(
        &accounts,
        |account| {
            let inventory = snapshot.load(account)?.inventory.over(account.clone(), Arc::clone(surroundings));
            Ok(evaluate::judge(catalog, &Model::new(&inventory, now).among(ways), options))
        },
        |mut one| {
            one.findings.iter_mut().for_each(|finding| shared.take_in(finding));
            ahead = ahead.saturating_sub(1);
            make_room(&mut all.findings, one.findings.len(), accounts.len() - ahead, ahead);
            all.absorb(one);
        },
    )?;
    all.sort();
    Ok(all)
}

/// Makes room for an account's findings, and if there is none for half more than are likely to come: while a list is
/// moved it is in memory twice, and what of it was never written to is not in memory at all.
fn make_room(findings: &mut Vec<Finding>, wanted: usize, judged: usize, ahead: usize) {
    if findings.capacity() - findings.len() >= wanted {
        return;
    }
    let all = findings.len() + wanted;
    // The first few tell little, and are cheap to move. Later the room is at least an eighth more, so that a
    // list is not moved for every account.
    let likely = if judged < 16 { all } else { (all / judged).saturating_mul(ahead) };
    findings.reserve_exact(wanted + (likely + likely / 2).max(all / 8));
}

/// Does the work for each account, as many at once as there are cores, and hands the
/// results over as they come. The first error ends it.
pub(super) fn on_all_cores<T: Send>(
    accounts: &[AccountId],
    work: impl Fn(&AccountId) -> Result<T, SnapshotError> + Sync,
    mut take: impl FnMut(T),
) -> Result<(), SnapshotError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(accounts.len());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let (results, received) = mpsc::sync_channel(1);
        for _ in 0..cores {
            let (results, next, work) = (results.clone(), &next, &work);
            scope.spawn(move || {
                while let Some(account) = accounts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Nobody listens any more once an account failed.
                    if results.send(work(account)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(results);
        // By value: it is dropped on an error, and that ends the others.
        for result in received {
            take(result?);
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_moved_seldom() {
        let evidence: Arc<[crate::finding::Evidence]> = Arc::default();
        let one = Finding {
            rule: "rule".into(),
            severity: crate::finding::Severity::Low,
            status: crate::finding::Status::Pass,
            scope: crate::arn::Scope {
                partition: crate::arn::Partition::Aws,
                account: "111122223333".parse().unwrap(),
                region: crate::arn::Region::global(),
            }
            .into(),
            resource: None,
            message: String::new().into(),
            evidence,
            location: crate::finding::FileLocation { path: "checks/rule.toml".into(), line: 1 }.into(),
            fingerprint: crate::finding::Fingerprint::new("rule", "", ""),
        };
        // Alike, growing, shrinking, all in one account, none.
        let organizations: [fn(usize) -> usize; 5] =
            [|at| 40 + at * 7 % 13, |at| at / 4, |at| (1_000 - at) / 4, |at| if at == 500 { 50_000 } else { 3 }, |_| 0];
        let mut late = Vec::new();
        for numbers in organizations {
            let (mut findings, mut moves, mut late_moves) = (Vec::new(), 0, 0);
            for at in 0..1_000 {
                let before = findings.capacity();
                make_room(&mut findings, numbers(at), at + 1, 999 - at);
                moves += usize::from(findings.capacity() != before);
                late_moves += usize::from(at > 100 && findings.capacity() != before);
                findings.extend(std::iter::repeat_n(one.clone(), numbers(at)));
            }
            let (len, room) = (findings.len(), findings.capacity());
            assert!(moves <= 20, "{moves} moves for {len}");
            assert!(room <= len * 3, "room for {room}, and there are {len}");
            late.push(late_moves);
        }
        assert_eq!(late[0], 0, "of accounts that are alike, the first few tell how many there will be");
    }
}
