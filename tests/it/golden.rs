//! Reviewed files under tests/fixtures.

/// Compares with a reviewed file; `DRIFTLINE_UPDATE=1` writes it anew.
pub fn golden(name: &str, is: &str) {
    current(&format!("tests/fixtures/{name}"), is);
}

/// The same, of a file that is published: its path is from the repository's root.
pub fn current(path: &str, is: &str) {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("DRIFTLINE_UPDATE").is_some() {
        std::fs::write(&path, is).expect("the file can be written");
        return;
    }
    let was = std::fs::read_to_string(&path).unwrap_or_default();
    let first = was.lines().zip(is.lines()).position(|(was, is)| was != is).unwrap_or(was.lines().count());
    assert!(
        was == is,
        "{path} is no longer what is written, from line {}:\n  was {}\n  is  {}\nDRIFTLINE_UPDATE=1 takes the new one.",
        first + 1,
        was.lines().nth(first).unwrap_or("(the end)"),
        is.lines().nth(first).unwrap_or("(the end)"),
    );
}
