//! Orders of plain values: which of two allows more.

use serde_json::Value;

use super::item::Effect;

/// What an attribute's value says of how much is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It is not compared: an id, a time, a state that passes, or what is told elsewhere.
    Never,
    /// It says nothing of that.
    Neutral,
    /// It says where the thing is.
    Moves,
    TrueWeakens,
    TrueStrengthens,
    /// These words, the weakest first. Another word is not known.
    Words(&'static [&'static str]),
    GreaterWeakens,
    GreaterStrengthens,
    /// Each element of a set is one more that is allowed.
    MoreWeakens,
    /// Each element of a set is one more that is forbidden or watched.
    MoreStrengthens,
    /// Being there allows; which one it is, is not told.
    PresentWeakens,
    /// Being there forbids; which one it is, is not told.
    PresentStrengthens,
    /// More of them may be more or less: an addition may weaken, a removal strengthens, an exchange is not known.
    Either,
    /// Computed from what it stands for.
    Special,
    /// Nobody said.
    Unknown,
}

impl Order {
    /// Whether the values themselves are compared, and not only their order.
    pub fn is_compared(self) -> bool {
        self != Order::Never
    }

    /// The effect of a change from one value to another; none is no value. `before` and `after` are of sets what only
    /// one side has.
    pub fn effect(self, before: Option<&Value>, after: Option<&Value>) -> Effect {
        let (gone, come) = (is_something(before), is_something(after));
        match self {
            Order::Never | Order::Neutral | Order::Moves => Effect::Neutral,
            Order::TrueWeakens => by_rank(flag(before), flag(after)),
            Order::TrueStrengthens => by_rank(flag(after), flag(before)),
            Order::Words(words) => {
                let rank = |value: Option<&Value>| {
                    let word = value.and_then(Value::as_str)?;
                    words.iter().position(|known| known.eq_ignore_ascii_case(word))
                };
                // The weakest stands first.
                match (rank(before), rank(after)) {
                    (Some(before), Some(after)) => by_rank(after, before),
                    _ => Effect::Unknown,
                }
            }
            Order::GreaterWeakens => by_rank(number(before), number(after)),
            Order::GreaterStrengthens => by_rank(number(after), number(before)),
            Order::MoreWeakens => Effect::of(come, gone),
            Order::MoreStrengthens => Effect::of(gone, come),
            Order::PresentWeakens if gone && come => Effect::Unknown,
            Order::PresentWeakens => Effect::of(come, gone),
            Order::PresentStrengthens if gone && come => Effect::Unknown,
            Order::PresentStrengthens => Effect::of(gone, come),
            Order::Either if gone && come => Effect::Unknown,
            Order::Either => Effect::of(come, gone),
            Order::Special | Order::Unknown => Effect::Unknown,
        }
    }
}

fn by_rank<T: Ord>(before: T, after: T) -> Effect {
    Effect::of(after > before, after < before)
}

fn is_something(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Array(all)) => !all.is_empty(),
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    }
}

fn flag(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

fn number(value: Option<&Value>) -> i64 {
    value.and_then(Value::as_i64).unwrap_or(0)
}
