//! Which events a trail's selectors let through.
//!
//! Limitations: an advanced selector that narrows events by a field that is not
//! read here (`eventName`, `userIdentity.arn`, ...) counts as logging none of
//! them, since it does not log all of them. S3 directory buckets are not looked at.

use std::collections::BTreeSet;

use crate::resource::detective::{AdvancedEventSelector, AdvancedFieldSelector, EventSelector, Trail};

/// Whether reads and writes of some kind of event are logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Logged {
    pub reads: bool,
    pub writes: bool,
}

/// What a trail logs of management events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ManagementEvents {
    pub logged: Logged,
    /// The event sources, such as `kms.amazonaws.com`, that are left out.
    pub excluded: BTreeSet<String>,
}

impl Logged {
    pub fn all(self) -> bool {
        self.reads && self.writes
    }

    pub fn or(self, other: Logged) -> Logged {
        Logged { reads: self.reads || other.reads, writes: self.writes || other.writes }
    }

    /// One word for it: `all`, `read`, `write` or `none`.
    pub fn word(self) -> &'static str {
        match (self.reads, self.writes) {
            (true, true) => "all",
            (true, false) => "read",
            (false, true) => "write",
            (false, false) => "none",
        }
    }
}

/// The management events that a trail logs; none if its selectors were not read.
pub fn management_events(trail: &Trail) -> Option<ManagementEvents> {
    let selectors = trail.event_selectors.as_ref()?;
    if selectors.event_selectors.is_empty() && selectors.advanced_event_selectors.is_empty() {
        // A trail whose selectors nobody set logs all management events.
        let unset = trail.has_custom_event_selectors != Some(true);
        return Some(ManagementEvents { logged: Logged { reads: unset, writes: unset }, excluded: BTreeSet::new() });
    }
    let basic = selectors.event_selectors.iter().filter_map(basic_management);
    let advanced = selectors.advanced_event_selectors.iter().filter_map(advanced_management);
    // A source is left out if some half of the events leaves it out in every selector that logs this half.
    let (mut reads, mut writes): (Option<BTreeSet<String>>, Option<BTreeSet<String>>) = (None, None);
    let narrow = |half: &mut Option<BTreeSet<String>>, excluded: &BTreeSet<String>| {
        *half = Some(match half.take() {
            Some(before) => before.intersection(excluded).cloned().collect(),
            None => excluded.clone(),
        });
    };
    for ManagementEvents { logged, excluded } in basic.chain(advanced) {
        if logged.reads {
            narrow(&mut reads, &excluded);
        }
        if logged.writes {
            narrow(&mut writes, &excluded);
        }
    }
    let logged = Logged { reads: reads.is_some(), writes: writes.is_some() };
    Some(ManagementEvents { logged, excluded: reads.into_iter().chain(writes).flatten().collect() })
}

/// Whether a trail logs the reads and writes of objects in all S3 buckets; none if its selectors were not read.
pub fn s3_object_events(trail: &Trail) -> Option<Logged> {
    let selectors = trail.event_selectors.as_ref()?;
    let basic = selectors.event_selectors.iter().filter(|s| logs_all_buckets(s)).map(basic_halves);
    let advanced = selectors.advanced_event_selectors.iter().filter_map(advanced_s3_objects);
    Some(basic.chain(advanced).fold(Logged::default(), Logged::or))
}

fn basic_management(selector: &EventSelector) -> Option<ManagementEvents> {
    // AWS's default for a selector that does not say.
    let included = selector.include_management_events.unwrap_or(true);
    included.then(|| ManagementEvents {
        logged: basic_halves(selector),
        excluded: selector.exclude_management_event_sources.iter().cloned().collect(),
    })
}

fn basic_halves(selector: &EventSelector) -> Logged {
    let of = selector.read_write_type.as_deref().unwrap_or("All");
    Logged { reads: matches!(of, "All" | "ReadOnly"), writes: matches!(of, "All" | "WriteOnly") }
}

fn logs_all_buckets(selector: &EventSelector) -> bool {
    selector
        .data_resources
        .iter()
        .filter(|resource| resource.r#type.as_deref() == Some("AWS::S3::Object"))
        .any(|resource| resource.values.iter().any(|value| begins_all_buckets(value)))
}

/// Whether every bucket's ARN begins with it: `arn:aws:s3`, with or without the colons that follow.
fn begins_all_buckets(value: &str) -> bool {
    let mut fields = value.trim_end_matches(':').split(':');
    fields.next() == Some("arn") && fields.next().is_some() && fields.next() == Some("s3") && fields.next().is_none()
}

fn advanced_management(selector: &AdvancedEventSelector) -> Option<ManagementEvents> {
    category(selector).filter(|category| equals(category, "Management"))?;
    let mut of = ManagementEvents { logged: Logged { reads: true, writes: true }, excluded: BTreeSet::new() };
    for field in &selector.field_selectors {
        match field.field.as_str() {
            "eventCategory" => {}
            "readOnly" => of.logged = read_only(field)?,
            "eventSource" if only_not_equals(field) => of.excluded.extend(field.not_equals.iter().cloned()),
            _ => return None,
        }
    }
    Some(of)
}

fn advanced_s3_objects(selector: &AdvancedEventSelector) -> Option<Logged> {
    category(selector).filter(|category| equals(category, "Data"))?;
    let (mut logged, mut of_objects) = (Logged { reads: true, writes: true }, false);
    for field in &selector.field_selectors {
        match field.field.as_str() {
            "eventCategory" => {}
            "readOnly" => logged = read_only(field)?,
            "resources.type" if equals(field, "AWS::S3::Object") => of_objects = true,
            "resources.ARN" if only_starts_with(field) && field.starts_with.iter().any(|s| begins_all_buckets(s)) => {}
            _ => return None,
        }
    }
    of_objects.then_some(logged)
}

fn category(selector: &AdvancedEventSelector) -> Option<&AdvancedFieldSelector> {
    selector.field_selectors.iter().find(|field| field.field == "eventCategory")
}

/// Which half of the events a `readOnly` field lets through; none if it is not of a form that AWS allows.
fn read_only(field: &AdvancedFieldSelector) -> Option<Logged> {
    if !field.not_equals.is_empty() || field.equals.is_empty() {
        return None;
    }
    Some(Logged { reads: equals(field, "true"), writes: equals(field, "false") })
}

fn equals(field: &AdvancedFieldSelector, value: &str) -> bool {
    field.equals.iter().any(|one| one == value)
}

fn only_not_equals(field: &AdvancedFieldSelector) -> bool {
    let bare = AdvancedFieldSelector { field: field.field.clone(), ..AdvancedFieldSelector::default() };
    *field == AdvancedFieldSelector { not_equals: field.not_equals.clone(), ..bare }
}

fn only_starts_with(field: &AdvancedFieldSelector) -> bool {
    let bare = AdvancedFieldSelector { field: field.field.clone(), ..AdvancedFieldSelector::default() };
    *field == AdvancedFieldSelector { starts_with: field.starts_with.clone(), ..bare }
}
