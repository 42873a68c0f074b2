//! Users, their credentials and their groups.

use crate::clock::DAY;
use crate::defects::Code;
use crate::hash::{BASE32, hash, letters, word};
use crate::org::Organization;

/// A user with everything that any operation tells about it.
pub struct User {
    pub name: String,
    pub created: u64,
    /// A console password: when it was changed and last used.
    pub password: Option<Password>,
    pub mfa: bool,
    pub keys: [Option<Key>; 2],
    pub groups: Vec<&'static str>,
    /// AWS managed policies attached to the user itself.
    pub attached: Vec<&'static str>,
    /// Whether the user has an inline policy.
    pub inline: bool,
}

#[derive(Clone, Copy)]
pub struct Password {
    pub changed: u64,
    pub used: u64,
}

#[derive(Clone, Copy)]
pub struct Key {
    pub active: bool,
    pub rotated: u64,
    pub used: Option<u64>,
}

const FIRST: [&str; 12] =
    ["amara", "ben", "chiara", "deniz", "elif", "farid", "greta", "hana", "ivo", "joana", "kofi", "lena"];
const LAST: [&str; 8] = ["okafor", "lindqvist", "moretti", "aydin", "haddad", "novak", "tanaka", "weber"];

/// Defects that are a user of their own, in the order of the user list.
pub const PLANTED_USERS: &[(Code, &str)] = &[
    (Code::KeyNeverUsed, "backup-export"),
    (Code::KeyInactive, "legacy-deploy"),
    (Code::UserAttached, "grafana"),
    (Code::KeyStale, "etl-nightly"),
    (Code::TwoActiveKeys, "etl-loader"),
    (Code::UserNoMfa, "marta.silva"),
    (Code::KeyOld, "ci-runner"),
    (Code::PasswordStale, "old.intern"),
    (Code::UserInline, "tinkerer"),
];

/// The users of one account.
#[derive(Clone, Copy)]
pub struct Users<'a> {
    pub org: &'a Organization,
    pub account: u32,
}

impl Users<'_> {
    pub fn count(&self) -> u32 {
        self.org.size_of(self.account).users + self.planted().count() as u32
    }

    fn planted(&self) -> impl Iterator<Item = (Code, &'static str)> {
        PLANTED_USERS.iter().copied().filter(|(code, _)| self.org.has(self.account, None, *code))
    }

    pub fn all(&self) -> impl Iterator<Item = User> {
        (0..self.count()).filter_map(|n| self.get(n))
    }

    /// The n-th user: regular ones first.
    pub fn get(&self, n: u32) -> Option<User> {
        match n.checked_sub(self.org.size_of(self.account).users) {
            None => Some(self.regular(n)),
            Some(k) => {
                let (code, name) = self.planted().nth(k as usize)?;
                Some(self.planted_user(code, name))
            }
        }
    }

    pub fn draw(&self, name: &str) -> u64 {
        hash(self.org.seed, &[u64::from(self.account), word(name)])
    }

    fn ago(&self, days: u64) -> u64 {
        self.org.now.saturating_sub(days * DAY) + 9 * 3600
    }

    fn fresh_key(&self, draw: u64) -> Key {
        Key { active: true, rotated: self.ago(10 + draw % 50), used: Some(self.ago(1 + draw % 5)) }
    }

    fn blank(&self, name: String) -> User {
        let draw = self.draw(&name);
        User {
            created: self.org.created(&[draw]),
            name,
            password: None,
            mfa: false,
            keys: [None, None],
            groups: Vec::new(),
            attached: Vec::new(),
            inline: false,
        }
    }

    /// People have a password and MFA; every second user is a machine with one
    /// fresh key.
    fn regular(&self, n: u32) -> User {
        let draw = hash(self.org.seed, &[word("user"), u64::from(self.account), u64::from(n)]);
        if n % 2 == 1 {
            let mut user = self.blank(format!("svc-job-{n}"));
            user.keys[0] = Some(self.fresh_key(draw));
            return user;
        }
        let first = FIRST[(draw % 12) as usize];
        let last = LAST[(draw / 12 % 8) as usize];
        let mut user = self.blank(format!("{first}.{last}.{n}"));
        user.password = Some(Password { changed: self.ago(30 + draw % 30), used: self.ago(1 + draw % 20) });
        user.mfa = true;
        user.groups = vec![if n.is_multiple_of(4) { "developers" } else { "operators" }];
        user
    }

    fn planted_user(&self, code: Code, name: &str) -> User {
        let mut user = self.blank(name.to_owned());
        let draw = self.draw(name);
        let person = |used| Some(Password { changed: self.ago(45), used: self.ago(used) });
        let key = |rotated, used: Option<u64>| {
            Some(Key { active: true, rotated: self.ago(rotated), used: used.map(|days| self.ago(days)) })
        };
        match code {
            Code::KeyNeverUsed => user.keys[0] = key(400, None),
            Code::KeyInactive => {
                user.keys[0] = key(600, Some(210)).map(|key| Key { active: false, ..key });
                user.keys[1] = Some(self.fresh_key(draw));
            }
            Code::UserAttached => {
                user.keys[0] = Some(self.fresh_key(draw));
                user.attached = vec!["ReadOnlyAccess"];
            }
            Code::KeyStale => user.keys[0] = key(300, Some(200)),
            Code::TwoActiveKeys => user.keys = [key(40, Some(2)), key(6, Some(1))],
            Code::KeyOld => user.keys[0] = key(200, Some(1)),
            Code::UserNoMfa => user.password = person(3),
            Code::PasswordStale => {
                user.password = person(300).map(|password| Password { changed: self.ago(420), ..password });
                user.mfa = true;
            }
            Code::UserInline => {
                user.keys[0] = Some(self.fresh_key(draw));
                user.inline = true;
            }
            _ => {}
        }
        // No user of the simulation is older than what it owns.
        let oldest = user.keys.iter().flatten().map(|key| key.rotated);
        let oldest = oldest.chain(user.password.map(|password| password.changed));
        user.created = oldest.fold(user.created, u64::min);
        user
    }

    /// The id of a user's key.
    pub fn key_id(&self, name: &str, key: usize) -> String {
        let state = hash(self.draw(name), &[key as u64]);
        format!("AKIA{}", letters(state, BASE32, 16))
    }

    /// Groups: those that have members by the rule of regular users, and the
    /// planted empty one.
    pub fn groups(&self) -> Vec<&'static str> {
        let mut groups = Vec::new();
        if self.org.size_of(self.account).users > 0 {
            groups.push("developers");
        }
        if self.org.size_of(self.account).users > 2 {
            groups.push("operators");
        }
        if self.org.has(self.account, None, Code::GroupEmpty) {
            groups.push(EMPTY_GROUP);
        }
        groups
    }
}

/// The planted group without members.
pub const EMPTY_GROUP: &str = "interns";
