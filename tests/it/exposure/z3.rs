//! Random networks, encoded for a solver by another program in another language straight from the JSON of AWS
//! (`tests/z3`): the sets that we print are those that it means, packet by packet of all packets.

use std::path::Path;
use std::process::Command;

use super::ask::run;
use crate::schema::python;

/// How many networks, each of them twice: as it is, and with one change.
const NETWORKS: &str = "150";
/// Another number gives other networks; a run's failure can be had again by its seed.
const SEED: &str = "1";

#[test]
fn a_solver_finds_no_packet_that_we_tell_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    let networks = std::env::var("DRIFTLINE_Z3_NETWORKS").unwrap_or(NETWORKS.to_owned());
    let seed = std::env::var("DRIFTLINE_Z3_SEED").unwrap_or(SEED.to_owned());
    script(folder.path(), "networks.py", &[".", &networks, &seed]);
    for name in ["before", "after"] {
        let (snapshot, json) = (format!("{name}.dls"), format!("{name}.json"));
        run(folder.path(), &["import", "describe", name, "-o", &snapshot]);
        let printed = run(folder.path(), &["exposure", "--snapshot", &snapshot, "-f", "json", "--all"]);
        std::fs::write(folder.path().join(json), printed).unwrap();
    }
    let printed = run(folder.path(), &["exposure", "diff", "before.dls", "after.dls", "-f", "json"]);
    std::fs::write(folder.path().join("diff.json"), printed).unwrap();
    println!("{}", script(folder.path(), "compare.py", &["."]));
}

fn script(folder: &Path, name: &str, arguments: &[&str]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/z3").join(name);
    let mut command = Command::new(python());
    command.current_dir(folder).env("PYTHONDONTWRITEBYTECODE", "1").arg(path).args(arguments);
    let output = command.output().expect("DRIFTLINE_PYTHON can be run");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
