//! The simulated endpoint and moto answer the same calls in the same shapes.

use std::path::Path;
use std::process::Command;

use driftline_sim::Faults;

use crate::moto::Moto;
use crate::schema::python;
use crate::support::{World, small};

/// Each member that only one of them gives is listed: `-` the simulated endpoint, `+` moto. What is in both is of
/// the same kind, and both are read by a client that neither of them knows.
#[test]
fn moto_and_the_simulated_endpoint_have_the_same_shapes() {
    let moto = Moto::start(true);
    moto.seed(2, "us-east-1", 1, 7);
    let world = World::with(small(), Faults::default());
    // An account with a little of everything, and the one that may ask for the organization.
    let [key, management] = [2, 0].map(|account| format!("AKIA{}DEMO", world.account(account)));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/shapes.py");
    let url = world.server.url();
    let arguments: [&str; 5] = [&url, &key, &management, &moto.url, "AKIAEXAMPLE000000000"];
    let output = Command::new(python()).arg(script).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    crate::golden::golden("shapes.txt", &String::from_utf8(output.stdout).unwrap());
}
