/// Whether something holds of a request of which not everything is known.
///
/// Ordered by what can be relied on: `False < Unknown < True`, so that *and* is
/// the least and *or* the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }

    /// Whether it holds in some context.
    pub fn may(self) -> bool {
        self != Truth::False
    }

    /// Whether it holds in every context.
    pub fn must(self) -> bool {
        self == Truth::True
    }

    /// Whether all hold; so does an empty list.
    pub fn all(of: impl IntoIterator<Item = Truth>) -> Truth {
        let mut all = Truth::True;
        for one in of {
            all = all.and(one);
            if all == Truth::False {
                break;
            }
        }
        all
    }

    /// Whether one holds; an empty list does not.
    pub fn any(of: impl IntoIterator<Item = Truth>) -> Truth {
        let mut any = Truth::False;
        for one in of {
            any = any.or(one);
            if any == Truth::True {
                break;
            }
        }
        any
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Truth {
        if known { Truth::True } else { Truth::False }
    }
}
