//! Tables of docs/verification.md that tests compute.

use std::path::Path;

/// The document carries the table between two marks, which are comments; `DRIFTLINE_UPDATE=1` rewrites it.
pub fn hold_current(begin: &str, end: &str, table: &str) {
    // Tests write their tables side by side.
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/verification.md");
    let (begin, end) = (format!("<!-- {begin} -->\n"), format!("<!-- {end} -->"));
    let document = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(&begin).expect("docs/verification.md has lost its mark");
    let (current, after) = rest.split_once(&end).expect("docs/verification.md has lost its mark");
    if std::env::var_os("DRIFTLINE_UPDATE").is_some() {
        std::fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(
            current, table,
            "docs/verification.md is not current: run ./test with DRIFTLINE_UPDATE=1 and read the change"
        );
    }
}
