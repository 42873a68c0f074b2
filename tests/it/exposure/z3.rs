//! Random networks, encoded for a solver by another program in another language straight from the JSON of AWS
//! (`tests/z3`): the sets that we print are those that it means, packet by packet of all packets.

use super::ask::{run, script};

/// How many networks, each of them twice (as it is, and with one change), and how many with load balancers.
const NETWORKS: &str = "150";
/// Another number gives other networks; a run's failure can be had again by its seed.
const SEED: &str = "1";

#[test]
fn a_solver_finds_no_packet_that_we_tell_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    let networks = std::env::var("DRIFTLINE_Z3_NETWORKS").unwrap_or(NETWORKS.to_owned());
    let seed = std::env::var("DRIFTLINE_Z3_SEED").unwrap_or(SEED.to_owned());
    script(folder.path(), "z3/networks.py", &[".", &networks, &seed]);
    for name in ["before", "after"] {
        let (snapshot, json) = (format!("{name}.dls"), format!("{name}.json"));
        run(folder.path(), &["import", "describe", name, "-o", &snapshot]);
        let printed = run(folder.path(), &["exposure", "--snapshot", &snapshot, "-f", "json", "--all"]);
        std::fs::write(folder.path().join(json), printed).unwrap();
    }
    let printed = run(folder.path(), &["exposure", "diff", "before.dls", "after.dls", "-f", "json"]);
    std::fs::write(folder.path().join("diff.json"), printed).unwrap();
    println!("{}", script(folder.path(), "z3/compare.py", &["."]));
}

#[test]
fn a_solver_finds_no_packet_that_a_load_balancer_hands_on_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let networks = std::env::var("DRIFTLINE_Z3_NETWORKS").unwrap_or(NETWORKS.to_owned());
    let seed = std::env::var("DRIFTLINE_Z3_SEED").unwrap_or(SEED.to_owned());
    script(folder.path(), "z3/balanced_networks.py", &["describe", &networks, &seed]);
    run(folder.path(), &["import", "describe", "describe", "-o", "snapshot.dls"]);
    let printed = run(folder.path(), &["exposure", "--snapshot", "snapshot.dls", "-f", "json", "--all"]);
    std::fs::write(folder.path().join("exposure.json"), printed).unwrap();
    println!("{}", script(folder.path(), "z3/compare_balanced.py", &["."]));
}
