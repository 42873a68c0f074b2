//! What the system grants this process, and what it used of it. Linux tells; elsewhere nothing is known.

use super::reader::Limits;

/// Files that the process needs beside its connections: the terminal, reports, libraries, sockets of the resolver.
const OTHER_FILES: usize = 64;
/// Hosts that a scan of all regions keeps connections to.
const HOSTS: usize = 300;

impl Limits {
    /// Lowers them to what the system lets the process open; one sentence if that changed how much is done at once.
    pub fn fit_open_files(&mut self) -> Option<String> {
        self.fit_to(open_files()?)
    }

    fn fit_to(&mut self, files: usize) -> Option<String> {
        // Half of them for requests under way; the rest is for connections that wait for the next one.
        let free = files.saturating_sub(OTHER_FILES);
        let most = (free / 2).max(1);
        let asked = self.max_in_flight;
        self.max_in_flight = asked.min(most);
        self.max_idle_per_host = (free.saturating_sub(self.max_in_flight) / HOSTS).clamp(1, Limits::MOST_PER_HOST);
        (asked > most).then(|| {
            format!(
                "{most} requests at once and not {asked}: this process may open {files} files only; \
                 raise it with `ulimit -n {}`",
                asked * 2 + OTHER_FILES
            )
        })
    }
}

/// How many files the process may open.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    soft_limit(&limits)
}

/// None where there is no limit.
fn soft_limit(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The most memory that the process held so far, in bytes.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib: u64 =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_files_are_few_requests() {
        let of = |max_in_flight| Limits { max_in_flight, ..Limits::default() };
        let mut limits = of(512);
        let note = limits.fit_to(256).unwrap();
        assert_eq!((limits.max_in_flight, limits.max_idle_per_host), (96, 1));
        assert!(note.contains("96 requests at once and not 512") && note.contains("ulimit -n 1088"), "{note}");
        let mut limits = of(512);
        assert_eq!(limits.fit_to(20_000), None);
        assert_eq!((limits.max_in_flight, limits.max_idle_per_host), (512, 64));
    }

    #[test]
    fn the_systems_table_is_read() {
        let table = "Limit                     Soft Limit           Hard Limit           Units     \n\
                     Max open files            20000                1048576              files     \n";
        assert_eq!(soft_limit(table), Some(20_000));
        assert_eq!(soft_limit("Max open files            unlimited            unlimited            files"), None);
        assert_eq!(soft_limit(""), None);
    }
}
