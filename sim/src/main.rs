//! Serves a simulated organization until it is interrupted or its time is up.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use driftline_sim::{Faults, Latency, Organization, serve};

const USAGE: &str = r#"
Usage: driftline-sim [OPTIONS]

  --listen ADDRESS    loopback address and port [127.0.0.1:4599]
  --accounts N        accounts of the organization [6]
  --regions A,B,C     enabled regions, the home region first; or how many (at most 30)
  --seed K            another organization of the same shape [7]
  --mixed             accounts of different sizes: tiny, usual and huge ones
  --epoch E           the same organization after E changes [0]
  --latency MS        added to every reply [0]
  --latency base=MS,tail=MS,spread=PERCENT,item=US,service=S,region=R
                      a distribution: base, lognormal tail (its median and the
                      standard deviation of its logarithm), microseconds for each
                      item; the first that matches service and region counts
  --faults FILE       rules and latencies as JSON, instead of the demo's faults:
                      {"rules": [{"fault": "Throttle", "action": "ec2:*", "when": {"PerThousand": 50}}]}
  --threads N         threads of the server [1]
  --limits            enforce AWS's documented request rates
  --no-faults         without the two faults of the demo
  --secs MAX          stop after this many seconds [3600]
"#;

struct Options {
    listen: SocketAddr,
    org: Organization,
    latency_ms: u64,
    latency: Vec<Latency>,
    limits: bool,
    faults: bool,
    fault_file: Option<String>,
    threads: usize,
    secs: u64,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("driftline-sim: {message}");
            return ExitCode::from(2);
        }
    };
    // A thread leaves the other cores to the scanner, and answers 30,000 small
    // requests a second.
    let result = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.threads.max(1))
        .enable_all()
        .build()
        .and_then(|runtime| runtime.block_on(run(options)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("driftline-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options {
        listen: SocketAddr::from(([127, 0, 0, 1], 4599)),
        org: Organization::default(),
        latency_ms: 0,
        latency: Vec::new(),
        limits: false,
        faults: true,
        fault_file: None,
        threads: 1,
        secs: 3600,
    };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("`{name}` needs a value"));
        match name.as_str() {
            "--help" | "-h" => return Ok(None),
            "--limits" => options.limits = true,
            "--mixed" => options.org.mixed = true,
            "--no-faults" => options.faults = false,
            "--listen" => options.listen = number(&name, &value()?)?,
            "--accounts" => options.org.accounts = number(&name, &value()?)?,
            "--seed" => options.org.seed = number(&name, &value()?)?,
            "--epoch" => options.org.epoch = number(&name, &value()?)?,
            "--latency" => match value()? {
                text if text.contains('=') => options.latency.push(Latency::parse(&text)?),
                text => options.latency_ms = number(&name, &text)?,
            },
            "--faults" => options.fault_file = Some(value()?),
            "--threads" => options.threads = number(&name, &value()?)?,
            "--secs" => options.secs = number(&name, &value()?)?,
            "--regions" => {
                let text = value()?;
                options.org = match text.parse() {
                    Ok(count) => options.org.first_regions(count),
                    Err(_) => Organization { regions: text.split(',').map(str::to_owned).collect(), ..options.org },
                };
            }
            other => return Err(format!("`{other}` is not an option; see `--help`")),
        }
    }
    Ok(Some(options))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{value}` is not a value for `{name}`"))
}

async fn run(options: Options) -> std::io::Result<()> {
    let mut faults = match &options.fault_file {
        Some(file) => {
            let text = std::fs::read_to_string(file)?;
            serde_json::from_str(&text).map_err(|error| std::io::Error::other(format!("{file}: {error}")))?
        }
        None if options.faults => Faults::demo(&options.org),
        None => Faults::default(),
    };
    faults.latency_ms += options.latency_ms;
    faults.latency.extend(options.latency);
    faults.limits |= options.limits;
    let (key, secret) = options.org.operator_credentials();
    let region = options.org.regions.first().cloned().unwrap_or_default();
    let server = serve(options.listen, options.org, faults).await?;
    println!("export AWS_ENDPOINT_URL={}", server.url());
    println!("export AWS_ACCESS_KEY_ID={key}");
    println!("export AWS_SECRET_ACCESS_KEY={secret}");
    println!("export AWS_REGION={region}");
    tokio::select! {
        stopped = tokio::signal::ctrl_c() => stopped?,
        () = tokio::time::sleep(Duration::from_secs(options.secs)) => {}
    }
    server.shutdown().await;
    Ok(())
}
