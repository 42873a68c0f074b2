//! Ways as graphs, for Graphviz and Mermaid: principals, and the moves between them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use crate::model::escalation::{Finding, Verdict};
use crate::report::sanitize::visible;

/// Nodes with whether they are administrators, and edges with their labels and whether they are certain.
#[derive(Default)]
struct Drawing {
    nodes: BTreeMap<String, bool>,
    edges: BTreeMap<(String, String), (BTreeSet<String>, bool)>,
}

const ADMIN: &str = "administrator of ";

impl Drawing {
    fn of(findings: &[Finding]) -> Drawing {
        let mut drawing = Drawing::default();
        for finding in findings {
            if !matches!(finding.verdict, Verdict::Admin | Verdict::Proven | Verdict::Possible) {
                continue;
            }
            drawing.nodes.entry(finding.principal.clone()).or_insert(finding.verdict == Verdict::Admin);
            let mut at = finding.principal.clone();
            for one in &finding.moves {
                // Who makes itself an administrator goes on as one.
                let becomes =
                    if one.becomes == at { format!("{ADMIN}{}", finding.account) } else { one.becomes.clone() };
                let actions: Vec<&str> = one.hops.iter().map(|hop| hop.action.as_str()).collect();
                let certain = one.needs.is_empty() && one.hops.iter().all(|hop| hop.certain);
                let edge = drawing.edges.entry((at, becomes.clone())).or_insert_with(|| (BTreeSet::new(), certain));
                edge.0.insert(actions.join(" + "));
                edge.1 |= certain;
                let admin = drawing.nodes.entry(becomes.clone()).or_insert(false);
                *admin |= one.makes_admin;
                at = becomes;
            }
            if let Some(admin) = drawing.nodes.get_mut(&at) {
                *admin |= !finding.moves.is_empty();
            }
        }
        drawing
    }
}

pub(super) fn dot(out: &mut dyn Write, findings: &[Finding]) -> std::io::Result<()> {
    let quoted = |text: &str| visible(text).replace('\\', "\\\\").replace('"', "\\\"");
    let drawing = Drawing::of(findings);
    writeln!(out, "digraph escalation {{\n  rankdir=LR;\n  node [shape=box];")?;
    for (node, admin) in &drawing.nodes {
        let style = if *admin { ", style=filled, fillcolor=\"#f4cccc\"" } else { "" };
        writeln!(out, "  \"{}\" [label=\"{}\"{style}];", quoted(node), quoted(&label(node)))?;
    }
    for ((from, to), (labels, certain)) in &drawing.edges {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let style = if *certain { "" } else { ", style=dashed" };
        writeln!(
            out,
            "  \"{}\" -> \"{}\" [label=\"{}\"{style}];",
            quoted(from),
            quoted(to),
            quoted(&labels.join(" or "))
        )?;
    }
    writeln!(out, "}}")
}

pub(super) fn mermaid(out: &mut dyn Write, findings: &[Finding]) -> std::io::Result<()> {
    // Mermaid reads these in labels; it has entities for them.
    let quoted = |text: &str| {
        visible(text).replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
    };
    let drawing = Drawing::of(findings);
    let number: BTreeMap<&str, usize> =
        drawing.nodes.keys().enumerate().map(|(number, node)| (node.as_str(), number)).collect();
    writeln!(out, "graph LR")?;
    for (node, admin) in &drawing.nodes {
        let class = if *admin { ":::admin" } else { "" };
        writeln!(out, "  n{}[\"{}\"]{class}", number.get(node.as_str()).copied().unwrap_or(0), quoted(&label(node)))?;
    }
    for ((from, to), (labels, certain)) in &drawing.edges {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let arrow = if *certain { "-->" } else { "-.->" };
        let of = |node: &String| number.get(node.as_str()).copied().unwrap_or(0);
        writeln!(out, "  n{} {arrow}|\"{}\"| n{}", of(from), quoted(&labels.join(" or ")), of(to))?;
    }
    writeln!(out, "  classDef admin fill:#f4cccc")
}

/// Account and name: what tells principals apart for people.
fn label(node: &str) -> String {
    let mut fields = node.splitn(6, ':');
    match (fields.nth(4), fields.next()) {
        (Some(account), Some(resource)) => format!("{account} {resource}"),
        _ => node.to_owned(),
    }
}
