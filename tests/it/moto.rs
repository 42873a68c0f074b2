//! A moto server with a seeded estate, and driftline run against it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::schema::python;

/// The scripts that seed an estate: shared by all who test against it, and beside this repository.
fn estate(script: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/estate").join(script);
    assert!(path.is_file(), "this test needs {}: the folder `shared` belongs beside this repository", path.display());
    path
}

/// A moto server on a port of its own; it ends with the value.
pub struct Moto {
    server: Child,
    pub url: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Moto {
    /// `fill_gaps` answers what moto lacks with an empty success instead of an error page.
    pub fn start(fill_gaps: bool) -> Moto {
        let mut command = Command::new(python());
        command.arg(estate("serve_moto.py"));
        if fill_gaps {
            command.arg("--fill-gaps");
        }
        Moto::serve(command)
    }

    /// The same with a script in front that answers in full what moto lacks.
    pub fn start_whole(script: &Path) -> Moto {
        let mut command = Command::new(python());
        command.arg(script).arg(estate("serve_moto.py").parent().unwrap()).arg("--fill-gaps");
        Moto::serve(command)
    }

    fn serve(mut command: Command) -> Moto {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        command.args(["--quiet", "--port", &free.to_string()]);
        let server = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let moto = Moto { server, url: format!("http://127.0.0.1:{free}") };
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", free)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(60), "moto does not answer");
            std::thread::sleep(Duration::from_millis(100));
        }
        moto
    }

    /// Fills it with an organization; returns what is wrong with that, as its maker says.
    pub fn seed(&self, accounts: u32, regions: &str, scale: u32, seed: u32) -> serde_json::Value {
        let folder = tempfile::tempdir().unwrap();
        let expected = folder.path().join("expected.json");
        let output = Command::new(python())
            .arg(estate("seed_estate.py"))
            .arg(&self.url)
            .args(["--accounts", &accounts.to_string(), "--regions", regions])
            .args(["--scale", &scale.to_string(), "--seed", &seed.to_string(), "--out"])
            .arg(&expected)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&std::fs::read(expected).unwrap()).unwrap()
    }

    /// Runs driftline against it, with nothing else of the environment.
    pub fn driftline(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_driftline"))
            .args(arguments)
            .args(["--no-config", "--color", "never"])
            .env_clear()
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE000000000")
            .env("AWS_SECRET_ACCESS_KEY", "x")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap()
    }
}
