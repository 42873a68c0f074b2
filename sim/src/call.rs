//! One request, understood: who calls which operation where, with what.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::cell::Cell;
use crate::clock::unix_now;
use crate::error::ApiError;
use crate::hash::{BASE32, hash, mix, push_hex, word};
use crate::org::Organization;
use crate::page::PageFault;
use crate::service::{Protocol, Service};

/// The credential scope of a signature: what a request says about itself before
/// anything is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    pub key: &'a str,
    pub region: &'a str,
    pub service: &'a str,
}

impl<'a> Scope<'a> {
    /// Reads `AWS4-HMAC-SHA256 Credential=KEY/date/REGION/SERVICE/aws4_request, ...`.
    pub fn from_header(header: &'a str) -> Option<Scope<'a>> {
        let (_, rest) = header.split_once("Credential=")?;
        let credential = rest.split(',').next()?.trim();
        let mut parts = credential.split('/');
        let key = parts.next()?;
        let _date = parts.next()?;
        let region = parts.next()?;
        let service = parts.next()?;
        Some(Scope { key, region, service })
    }
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    pub account: u32,
    /// The role and the session's name; none for the operator.
    session: Option<(String, String)>,
}

/// Assumed-role keys carry their expiry in the last four characters: 20 bits of
/// the unix time in seconds, which is enough to tell past from future within
/// six days. So no session is ever stored.
const EXPIRY_BITS: u64 = 1 << 20;

/// The access key id of an assumed role.
pub fn session_key(account_id: &str, expires: u64) -> String {
    let mut rest = expires % EXPIRY_BITS;
    let mut tail = [0_u8; 4];
    for place in tail.iter_mut().rev() {
        *place = BASE32.get((rest % 32) as usize).copied().unwrap_or(b'A');
        rest /= 32;
    }
    let tail: String = tail.into_iter().map(char::from).collect();
    format!("ASIA{account_id}{tail}")
}

/// The session token of an assumed role: it only carries names.
pub fn session_token(role: &str, session: &str) -> String {
    STANDARD.encode(format!("simulated|{role}|{session}"))
}

fn is_expired(tail: &str) -> bool {
    let expires = tail.bytes().fold(0, |sum, byte| {
        let digit = BASE32.iter().position(|b| *b == byte).unwrap_or(0) as u64;
        sum * 32 + digit
    });
    let ahead = (expires + EXPIRY_BITS - unix_now() % EXPIRY_BITS) % EXPIRY_BITS;
    ahead == 0 || ahead > EXPIRY_BITS / 2
}

impl Caller {
    /// The caller that an access key id and session token stand for.
    pub fn from_key(
        org: &Organization,
        protocol: Protocol,
        key: &str,
        token: Option<&str>,
    ) -> Result<Caller, ApiError> {
        let unknown = || ApiError::bad_credentials(protocol);
        let id = key.get(4..16).ok_or_else(unknown)?;
        let account = org.account_index(id).ok_or_else(unknown)?;
        match key.get(..4) {
            Some("AKIA") => Ok(Caller { account, session: None }),
            Some("ASIA") => {
                let token = token.ok_or_else(unknown)?;
                if is_expired(key.get(16..).unwrap_or("")) {
                    return Err(ApiError::expired(protocol));
                }
                let names = STANDARD.decode(token).map_err(|_| unknown())?;
                let names = String::from_utf8(names).map_err(|_| unknown())?;
                let mut names = names.splitn(3, '|').skip(1);
                let role = names.next().ok_or_else(unknown)?;
                let session = names.next().ok_or_else(unknown)?;
                Ok(Caller { account, session: Some((role.to_owned(), session.to_owned())) })
            }
            _ => Err(unknown()),
        }
    }

    pub fn arn(&self, org: &Organization) -> String {
        let id = org.account_id(self.account);
        match &self.session {
            None => format!("arn:aws:iam::{id}:user/operator"),
            Some((role, session)) => format!("arn:aws:sts::{id}:assumed-role/{role}/{session}"),
        }
    }

    /// The unique id, as in `GetCallerIdentity`.
    pub fn user_id(&self, org: &Organization) -> String {
        match &self.session {
            None => org.unique_id("AIDA", self.account, "operator"),
            Some((role, session)) => format!("{}:{session}", org.unique_id("AROA", self.account, role)),
        }
    }
}

/// Parameters of a request, whatever the protocol carried them in.
#[derive(Debug, Default)]
pub struct Params<'a> {
    pub form: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub json: Value,
}

impl<'a> Params<'a> {
    /// Reads a form or a query string.
    pub fn parse_form(text: &'a str) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        text.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name), decode(value))
            })
            .collect()
    }

    /// A parameter as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        let form = self.form.iter().find(|(key, _)| key == name);
        match form {
            Some((_, value)) => Some(value),
            None => self.json.get(name)?.as_str(),
        }
    }

    /// A parameter as a number; `Some(Err)` if it is there and is none.
    pub fn number(&self, name: &str) -> Option<Result<u64, String>> {
        if let Some(value) = self.json.get(name) {
            return Some(value.as_u64().ok_or_else(|| value.to_string()));
        }
        let text = self.text(name)?;
        Some(text.parse().map_err(|_| text.to_owned()))
    }

    /// A list: `Name.1`, `Name.member.1` or a JSON array.
    pub fn list(&self, name: &str) -> Vec<&str> {
        if let Some(Value::Array(values)) = self.json.get(name) {
            return values.iter().filter_map(Value::as_str).collect();
        }
        self.form
            .iter()
            .filter(|(key, _)| {
                key.strip_prefix(name)
                    .and_then(|rest| rest.strip_prefix('.'))
                    .map(|rest| rest.strip_prefix("member.").unwrap_or(rest))
                    .is_some_and(|rest| rest.parse::<u32>().is_ok())
            })
            .map(|(_, value)| &**value)
            .collect()
    }

    /// Whether any parameter starts with this.
    pub fn any(&self, prefix: &str) -> bool {
        self.form.iter().any(|(key, _)| key.starts_with(prefix))
    }
}

fn decode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escaped =
            text.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(if *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// A request ready to be answered.
pub struct Call<'a> {
    pub org: &'a Organization,
    /// The account and region asked about. Global services ignore the region.
    pub cell: Cell<'a>,
    pub service: Service,
    pub action: &'static str,
    pub params: Params<'a>,
    pub caller: Caller,
    /// The hash of what was sent: the same for the same request.
    pub digest: u64,
    pub page_fault: Option<PageFault>,
    /// Items on the page, if it is one of a list; known once it is written.
    pub items: std::cell::Cell<u32>,
    /// How much room the reply will probably take, in bytes.
    pub room: std::cell::Cell<usize>,
}

impl Call<'_> {
    /// A hash that tells this request from every other one.
    pub fn word(&self) -> u64 {
        hash(self.org.seed, &[u64::from(self.cell.account), self.cell.region as u64, word(self.action), self.digest])
    }

    /// The request id: the same for the same request.
    pub fn request_id(&self) -> String {
        request_id(self.word())
    }

    pub fn account_id(&self) -> String {
        self.cell.owner()
    }

    /// A required parameter.
    pub fn need(&self, name: &str) -> Result<&str, ApiError> {
        self.params.text(name).ok_or_else(|| {
            let code = match self.service.protocol() {
                Protocol::Ec2 => "MissingParameter",
                _ => return self.invalid(format!("The request must contain {name}.")),
            };
            ApiError::new(400, code, format!("The request must contain the parameter {name}"))
        })
    }
}

/// A request id in the form of a UUID.
pub fn request_id(state: u64) -> String {
    let (high, low) = (mix(state), mix(state ^ 1));
    let mut id = String::with_capacity(36);
    for (word, shift, digits) in [(high, 32, 8), (high, 16, 4), (high, 0, 4), (low, 48, 4), (low, 0, 12)] {
        if !id.is_empty() {
            id.push('-');
        }
        push_hex(&mut id, word >> shift, digits);
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_key_expires() {
        let now = unix_now();
        let live = session_key("210000000000", now + 3600);
        let dead = session_key("210000000000", now - 1);
        assert_eq!(live.len(), 20);
        assert!(!is_expired(&live[16..]));
        assert!(is_expired(&dead[16..]));
    }

    #[test]
    fn the_scope_is_read_from_the_signature() {
        let scope = Scope::from_header(
            "AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
        );
        assert_eq!(scope, Some(Scope { key: "AKIA1", region: "eu-west-1", service: "ec2" }));
        assert_eq!(Scope::from_header("Bearer x"), None);
    }

    #[test]
    fn forms_are_decoded() {
        let params =
            Params { form: Params::parse_form("A=b%20c+d&Id.1=x&Id.member.2=y&Idle.1=z&E=%zz"), json: Value::Null };
        assert_eq!(params.text("A"), Some("b c d"));
        assert_eq!(params.list("Id"), ["x", "y"]);
        assert_eq!(params.text("E"), Some("%zz"));
    }
}
