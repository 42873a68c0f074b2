//! Every check has a page, and every page everything that a reader looks for.

use driftline::catalog::{Catalog, Frameworks, Mapped};
use driftline::pages::{Block, Page, SECTIONS, page};
use driftline::text::SourceFile;

fn frameworks(catalog: &Catalog) -> Vec<Mapped> {
    Frameworks::embedded().all().map(|framework| framework.map(catalog)).collect()
}

fn pages() -> Vec<Page> {
    let catalog = Catalog::embedded();
    let frameworks = frameworks(&catalog);
    catalog.checks().map(|check| page(check, &frameworks)).collect()
}

#[test]
fn every_check_has_a_page_with_all_sections() {
    let pages = pages();
    assert_eq!(pages.len(), Catalog::embedded().len());
    for page in pages {
        let titles: Vec<&str> = page.sections.iter().map(|section| section.title).collect();
        assert_eq!(titles, SECTIONS, "{}", page.id);
        let (markdown, plain) = (page.markdown(), page.plain());
        for section in &page.sections {
            let empty = |block: &Block| match block {
                Block::Text(text) | Block::Code(_, text) => text.trim().is_empty(),
                Block::Table(heads, rows) => rows.is_empty() || rows.iter().any(|row| row.len() != heads.len()),
                Block::List(items) => items.is_empty() || items.iter().any(|(_, item)| item.trim().is_empty()),
            };
            assert!(!section.blocks.is_empty(), "{}: nothing under {}", page.id, section.title);
            assert!(!section.blocks.iter().any(empty), "{}: {:#?}", page.id, section);
            assert!(markdown.contains(&format!("\n## {}\n", section.title)), "{}", page.id);
            assert!(plain.contains(&format!("\n{}\n", section.title)), "{}", page.id);
        }
        // Fences are closed, and a line of a table has as many cells as its head.
        let fences = markdown.lines().filter(|line| line.starts_with("```")).count();
        assert!(fences.is_multiple_of(2), "{}", page.id);
    }
}

#[test]
fn pages_show_each_verdict_of_the_cases() {
    for check in Catalog::embedded().checks() {
        let text = page(check, &[]).markdown();
        for case in &check.cases {
            assert!(text.contains(&case.name), "{}: {}", check.id, case.name);
        }
        assert!(text.contains("[fail]") && text.contains("[[case]]"), "{}: no TOML", check.id);
    }
}

const EXAMPLE: &str = r#"schema = 1

[check]
id              = "example"
title           = "VPC is odd"
severity        = "high"
resource_type   = "AWS::EC2::VPC"
since           = "0.1.0"
rationale       = "It matters."
false_positives = "Where it is meant."
changes         = ["0.2.0: looks at blocks too"]
controls        = { prowler = ["vpc_odd"] }

[check.remediation]
text           = "Mend it."
cli            = "aws ec2 mend"
terraform      = "resource {}"
cloudformation = "Resources: {}"
console        = "VPC, Your VPCs"
verify         = "Look again."

[params]
# Blocks that are ours.
owned = ["10.0.0.0/8"]

[when]
fact   = "is_default"
eq     = false
reason = "default VPCs are AWS's"

[fail]
where   = { any = [{ fact = "enable_dns_support", eq = false }, { not = { fact = "cidr_blocks", within = "$owned" } }] }
message = "{name} is odd"

# A comment of the case.
[[case]]
name     = "odd"
expect   = "fail"
resource = { is_default = false, enable_dns_support = false, cidr_blocks = ["10.0.0.0/16"] }
"#;

#[test]
fn a_page_is_as_reviewed() {
    let (catalog, mistakes) = Catalog::parse([SourceFile::new("checks/ec2/example.toml", EXAMPLE)]);
    assert_eq!(mistakes, []);
    let page = page(catalog.get("example").expect("it is there"), &[]);
    crate::golden::golden("pages/example.md", &page.markdown());
    crate::golden::golden("pages/example.txt", &page.plain());
}
