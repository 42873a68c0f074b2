//! Pages: which part of a list a request asks for, and the token of the next.
//!
//! A token carries the offset, so the server remembers nothing. It is checked
//! to belong to the same operation, seed and epoch, as AWS's tokens are.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::call::Call;
use crate::error::ApiError;
use crate::hash::{hash, word};
use crate::service::Service;

/// Faults that change how a list is cut. Operations without pages ignore them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFault {
    /// The next token is the one that was sent.
    RepeatedToken,
    /// Every page has a token that is new.
    EndlessToken,
    /// The first page is empty and has a token.
    EmptyPage,
    /// Everything in one page, whatever size was asked for.
    Huge,
}

/// The part of a list that is asked for.
#[derive(Debug)]
pub struct Page {
    pub range: Range<u32>,
    pub next: Option<String>,
}

/// Limits of a list operation.
#[derive(Clone, Copy)]
pub struct Limits {
    /// The page size when none is asked for; `None` is everything at once.
    pub default: Option<u32>,
    /// The smallest page size that may be asked for.
    pub min: u32,
    /// The largest page size that may be asked for, and the largest given.
    pub max: u32,
}

impl Limits {
    /// EC2: everything unless a size from 5 to `max` is asked for.
    pub const fn ec2(max: u32) -> Limits {
        Limits { default: None, min: 5, max }
    }

    /// Pages of `default` unless a size from 1 to `max` is asked for.
    pub const fn sized(default: u32, max: u32) -> Limits {
        Limits { default: Some(default), min: 1, max }
    }
}

/// The fewest that a page of IAM has if there are more.
const IAM_LEAST: u32 = 100;

struct Token {
    offset: u32,
    /// Whether the empty or repeated page was already sent.
    marked: bool,
}

impl Call<'_> {
    /// Cuts a list of `total` things.
    pub fn page(&self, total: u32, limits: Limits) -> Result<Page, ApiError> {
        let (size_name, token_name) = match self.service {
            Service::Iam | Service::Sts => ("MaxItems", "Marker"),
            Service::GuardDuty | Service::AccessAnalyzer | Service::DirectConnect | Service::Inspector2 => {
                ("maxResults", "nextToken")
            }
            Service::Config => ("Limit", "NextToken"),
            Service::Elb | Service::Elbv2 => ("PageSize", "Marker"),
            Service::Waf => ("Limit", "NextMarker"),
            Service::Rds => ("MaxRecords", "Marker"),
            Service::CloudWatch => ("MaxRecords", "NextToken"),
            Service::Lambda => ("MaxItems", "Marker"),
            Service::Route53 if self.action == "ListHostedZones" => ("maxitems", "marker"),
            Service::Route53 => ("maxitems", "identifier"),
            Service::S3 => ("max-buckets", "continuation-token"),
            Service::S3Control => ("maxResults", "nextToken"),
            _ => ("MaxResults", "NextToken"),
        };
        let size = match self.params.number(size_name) {
            None => limits.default,
            Some(Ok(n)) if (u64::from(limits.min)..=u64::from(limits.max)).contains(&n) => u32::try_from(n).ok(),
            Some(Ok(n)) => {
                return Err(self.invalid(format!(
                    "Value ( {n} ) for parameter {size_name} is invalid. Expecting a value from {} to {}.",
                    limits.min, limits.max
                )));
            }
            Some(Err(text)) => {
                return Err(
                    self.invalid(format!("Value ( {text} ) for parameter {size_name} is invalid. Expecting a number."))
                );
            }
        };
        let sent = self.params.text(token_name).filter(|text| !text.is_empty());
        let token = match sent {
            None => Token { offset: 0, marked: false },
            Some(text) => self.read_token(text)?,
        };
        let start = token.offset.min(total);
        // IAM may give fewer than were asked for, and says with IsTruncated that there are more.
        let size = match size {
            Some(size) if self.service == Service::Iam && size > IAM_LEAST && total - start > IAM_LEAST => {
                let drawn = hash(self.org.seed, &[word(self.action), u64::from(self.cell.account), u64::from(start)]);
                Some(IAM_LEAST + (drawn % u64::from(size.min(total - start) - IAM_LEAST)) as u32)
            }
            size => size,
        };
        let end = size.map_or(total, |size| start.saturating_add(size).min(total));
        let page = match self.page_fault {
            Some(PageFault::Huge) => Page { range: start..total, next: None },
            Some(PageFault::EmptyPage) if !token.marked => {
                Page { range: start..start, next: Some(self.write_token(start, true)) }
            }
            Some(PageFault::RepeatedToken) => Page { range: start..end, next: Some(self.write_token(start, true)) },
            // Beyond the end the offset only counts on.
            Some(PageFault::EndlessToken) => {
                let next = if end < total { end } else { token.offset.max(end).saturating_add(1) };
                Page { range: start..end, next: Some(self.write_token(next, true)) }
            }
            _ => Page { range: start..end, next: (end < total).then(|| self.write_token(end, token.marked)) },
        };
        self.items.set(page.range.len() as u32);
        Ok(page)
    }

    fn write_token(&self, offset: u32, marked: bool) -> String {
        let mark = u8::from(marked);
        let check = self.token_check(offset, marked);
        URL_SAFE_NO_PAD.encode(format!("{offset}|{mark}|{check:x}"))
    }

    fn read_token(&self, text: &str) -> Result<Token, ApiError> {
        let bad = || {
            let code = match self.service {
                Service::Ec2 => "InvalidNextToken",
                Service::Config => "InvalidNextTokenException",
                _ => return self.invalid("The pagination token is not valid."),
            };
            ApiError::new(400, code, "The pagination token is not valid.")
        };
        let plain = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
        let plain = String::from_utf8(plain).map_err(|_| bad())?;
        let parts: Vec<&str> = plain.split('|').collect();
        let [offset, mark, check] = parts.as_slice() else {
            return Err(bad());
        };
        let offset = offset.parse().map_err(|_| bad())?;
        let marked = *mark == "1";
        if *check != format!("{:x}", self.token_check(offset, marked)) {
            return Err(bad());
        }
        Ok(Token { offset, marked })
    }

    fn token_check(&self, offset: u32, marked: bool) -> u64 {
        hash(
            self.org.seed,
            &[
                word(self.action),
                self.org.epoch,
                u64::from(self.cell.account),
                self.cell.region as u64,
                u64::from(offset),
                u64::from(marked),
            ],
        )
    }
}
