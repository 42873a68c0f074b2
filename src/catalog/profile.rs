//! Profiles: named groups of checks, by what the checks themselves list.

use std::collections::BTreeSet;

use crate::text::did_you_mean;

use super::Catalog;

/// How many profiles an error names.
const FEW: usize = 8;

impl Catalog {
    /// The profiles that checks list.
    pub fn profiles(&self) -> BTreeSet<&str> {
        self.checks().flat_map(|check| &check.profiles).map(String::as_str).collect()
    }

    /// Keeps the checks of a profile. The one place that knows what a profile's name means.
    ///
    /// # Errors
    /// No check lists it; the text says which profiles there are.
    pub fn retain_profile(&mut self, name: &str) -> Result<(), String> {
        let known = self.profiles();
        if !known.contains(name) {
            let hint = match did_you_mean(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "no check lists a profile (`profiles = [..]` in a check's file)".to_owned(),
                None => {
                    let named: Vec<&str> = known.iter().copied().take(FEW).collect();
                    let more = if known.len() > FEW { ", .." } else { "" };
                    format!("there are {}{more}", named.join(", "))
                }
            };
            return Err(format!("no check is in a profile `{name}`; {hint}"));
        }
        self.retain(|check| check.profiles.iter().any(|of| of == name));
        Ok(())
    }
}
