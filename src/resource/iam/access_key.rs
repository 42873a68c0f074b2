use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::arn::{Arn, Scope};
use crate::resource::AwsResource;

use super::{CredentialReportRow, ReportFlag, ReportKey, ReportTime};

/// A user's long-lived key. The secret half is nowhere to be read, and not here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    pub access_key_id: String,
    pub user_name: String,
    /// `Active` or `Inactive`.
    pub status: String,
    pub create_date: Option<Timestamp>,
    /// From the credential report's slot of this key; none if no slot could be told to be this key's.
    pub last_used: Option<AccessKeyLastUsed>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeyLastUsed {
    pub date: ReportTime,
    pub region: Option<String>,
    pub service_name: Option<String>,
}

impl AccessKey {
    pub fn is_active(&self) -> bool {
        self.status == "Active"
    }
}

impl AwsResource for AccessKey {
    const TYPE: &'static str = "AWS::IAM::AccessKey";
    const OPERATIONS: &'static [&'static str] =
        &["iam:ListAccessKeys", "iam:GetCredentialReport", "iam:GenerateCredentialReport"];
    const GLOBAL: bool = true;

    fn id(&self) -> &str {
        &self.access_key_id
    }
    /// Keys have no ARN of AWS's; this one is in the manner of their user's.
    fn arn(&self, scope: &Scope) -> Arn {
        scope.arn("iam", format_args!("user/{}/access-key/{}", self.user_name, self.access_key_id))
    }
    fn name(&self) -> Option<&str> {
        Some(&self.user_name)
    }
}

impl CredentialReportRow {
    /// Gives each key the last use that its slot tells. A slot has no id, but the
    /// time at which its key was created ("or last changed"); where times do not
    /// tell, one key and one slot that are left over belong together.
    pub fn match_keys(&self, keys: &mut [AccessKey]) {
        let mut slots: Vec<_> = self.access_keys.iter().filter(|slot| slot.exists()).collect();
        let created = |key: &AccessKey| key.create_date.map(|time| time.as_second());
        for key in keys.iter_mut() {
            let same = |time: jiff::Timestamp| Some(time.as_second()) == created(key);
            let mut matching: Vec<usize> = (0..slots.len())
                .filter(|i| slots.get(*i).is_some_and(|s| s.last_rotated.at().is_some_and(same)))
                .collect();
            if matching.len() > 1 {
                // Two that were made in the same second are told apart by whether they are active.
                let is_active =
                    |i: &usize| slots.get(*i).is_some_and(|s| (s.active == ReportFlag::True) == key.is_active());
                matching.retain(is_active);
            }
            if let [only] = matching[..] {
                key.last_used = Some(use_of(slots.remove(only)));
            }
        }
        let mut left = keys.iter_mut().filter(|key| key.last_used.is_none());
        if let (Some(key), None, [slot]) = (left.next(), left.next(), slots.as_slice()) {
            let active = slot.active == ReportFlag::True;
            // A key that is younger than the slot's is not the slot's.
            let older =
                slot.last_rotated.at().is_none_or(|rotated| created(key).is_some_and(|c| c <= rotated.as_second()));
            if active == key.is_active() && older {
                key.last_used = Some(use_of(slot));
            }
        }
    }
}

fn use_of(slot: &ReportKey) -> AccessKeyLastUsed {
    AccessKeyLastUsed {
        date: slot.last_used_date,
        region: slot.last_used_region.clone(),
        service_name: slot.last_used_service.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(active: bool, rotated: &str, used: &str) -> ReportKey {
        ReportKey {
            active: if active { ReportFlag::True } else { ReportFlag::False },
            last_rotated: rotated.parse().unwrap(),
            last_used_date: used.parse().unwrap(),
            last_used_region: None,
            last_used_service: None,
        }
    }

    fn key(id: &str, active: bool, created: &str) -> AccessKey {
        AccessKey {
            access_key_id: id.to_owned(),
            user_name: "u".to_owned(),
            status: if active { "Active" } else { "Inactive" }.to_owned(),
            create_date: Some(created.parse().unwrap()),
            last_used: None,
        }
    }

    fn check(mut keys: Vec<AccessKey>, slots: [ReportKey; 2], expected: &[Option<ReportTime>]) {
        let row = CredentialReportRow {
            arn: None,
            user_creation_time: ReportTime::NotApplicable,
            password_enabled: ReportFlag::False,
            password_last_used: ReportTime::NotApplicable,
            password_last_changed: ReportTime::NotApplicable,
            mfa_active: ReportFlag::False,
            access_keys: slots,
            certificates_active: [ReportFlag::False; 2],
        };
        row.match_keys(&mut keys);
        let dates: Vec<_> = keys.into_iter().map(|key| key.last_used.map(|used| used.date)).collect();
        assert_eq!(dates, expected);
    }

    const OLD: &str = "2020-01-01T00:00:00Z";
    const NEW: &str = "2024-01-01T00:00:00Z";
    const LATE: &str = "2025-01-01T00:00:00Z";

    #[test]
    fn slots_go_by_time_and_not_by_order() {
        let used = ReportTime::At(LATE.parse().unwrap());
        let slots = [slot(true, NEW, LATE), slot(true, OLD, "N/A")];
        check(vec![key("A", true, OLD), key("B", true, NEW)], slots, &[Some(ReportTime::NotApplicable), Some(used)]);
    }

    #[test]
    fn keys_of_the_same_second_are_told_apart_by_being_active_or_by_nothing() {
        let used = ReportTime::At(LATE.parse().unwrap());
        let keys = |second| vec![key("A", false, OLD), key("B", second, OLD)];
        check(
            keys(true),
            [slot(true, OLD, LATE), slot(false, OLD, "N/A")],
            &[Some(ReportTime::NotApplicable), Some(used)],
        );
        check(keys(false), [slot(false, OLD, LATE), slot(false, OLD, "N/A")], &[None, None]);
    }

    #[test]
    fn one_key_and_one_slot_left_belong_together() {
        let slots = [slot(true, OLD, "N/A"), slot(false, LATE, NEW)];
        let used = ReportTime::At(NEW.parse().unwrap());
        check(vec![key("A", true, OLD), key("B", false, NEW)], slots, &[Some(ReportTime::NotApplicable), Some(used)]);
    }

    #[test]
    fn a_key_made_after_the_report_takes_nobodys_slot() {
        check(vec![key("A", true, LATE)], [slot(true, OLD, NEW), slot(false, "N/A", "N/A")], &[None]);
    }
}
