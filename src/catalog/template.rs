//! Messages with facts filled in.

use crate::catalog::compile::{Compiler, Level};
use crate::catalog::condition::Path;
use crate::text::Item;

/// A message with places for values: `{fact}`, `{^fact}`, and `{name}` and `{id}` of the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(pub Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Literal(String),
    Fact(Path),
    /// The resource's name, or its id if it has none.
    Name,
    Id,
}

impl Template {
    pub(super) fn compile<'a>(item: Item<'a>, compiler: &Compiler<'a, '_>, level: &Level<'_>) -> Option<Template> {
        let text = item.text()?;
        if text.contains('\n') {
            item.push(item.error("a message is one line"));
            return None;
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        let mut whole = true;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let (brace, after) = rest[at..].split_at(1);
            if after.starts_with(brace) {
                literal.push_str(brace);
                rest = &after[1..];
                continue;
            }
            let Some((name, after)) = after.split_once('}').filter(|_| brace == "{") else {
                let help = "a place is written `{fact}`, and a brace itself `{{` or `}}`";
                item.push(item.error(format!("this `{brace}` stands alone")).help(help));
                return None;
            };
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            match part(item, name.trim(), compiler, level) {
                Some(part) => parts.push(part),
                None => whole = false,
            }
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        whole.then_some(Template(parts))
    }
}

fn part<'a>(item: Item<'a>, name: &str, compiler: &Compiler<'a, '_>, level: &Level<'_>) -> Option<Part> {
    match name {
        "resource.name" => Some(Part::Name),
        "resource.id" => Some(Part::Id),
        "name" | "id" => {
            let ambiguous = level.outer.is_some() && level.fields.iter().any(|field| field.name == name);
            if ambiguous {
                let message = format!("`{{{name}}}` could be the resource's or the element's");
                item.push(item.error(message).help(format!("write `{{resource.{name}}}` or `{{each.{name}}}`")));
                return None;
            }
            Some(if name == "name" { Part::Name } else { Part::Id })
        }
        _ => {
            let field = name.strip_prefix("each.").filter(|_| level.outer.is_some()).unwrap_or(name);
            compiler.path(item, field, level).map(|(path, _)| Part::Fact(path))
        }
    }
}
