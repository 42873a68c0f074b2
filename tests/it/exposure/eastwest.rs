//! Random organizations, and single packets through them, answered by another program in another language straight
//! from the JSON of AWS (`tests/eastwest`): within a VPC, from one to another, out to the internet and in from it.

use super::ask::{run, script};

/// How many organizations, with 60 probes each.
const NETWORKS: &str = "150";
/// Another number gives other organizations; a run's failure can be had again by its seed.
const SEED: &str = "1";

#[test]
fn another_program_says_the_same_of_every_probe() {
    let folder = tempfile::tempdir().unwrap();
    let networks = std::env::var("DRIFTLINE_EASTWEST_NETWORKS").unwrap_or(NETWORKS.to_owned());
    let seed = std::env::var("DRIFTLINE_EASTWEST_SEED").unwrap_or(SEED.to_owned());
    script(folder.path(), "eastwest/networks.py", &[".", &networks, &seed]);
    for network in 1..=networks.parse().unwrap() {
        let here = folder.path().join(u32::to_string(&network));
        run(&here, &["import", "describe", "describe", "-o", "snapshot.dls"]);
        let asked = ["reach", "--snapshot", "snapshot.dls", "--batch", "probes.ndjson", "-f", "json"];
        std::fs::write(here.join("answers.ndjson"), run(&here, &asked)).unwrap();
    }
    println!("{}", script(folder.path(), "eastwest/compare.py", &["."]));
}
