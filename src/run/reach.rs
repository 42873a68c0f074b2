//! `driftline reach`: does a packet get there, and does an answer get back?

use std::io::Write;
use std::net::IpAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cli::{ReachArgs, ReachFormat, WriteTo};
use crate::model::topology::Topology;
use crate::model::walk::{Answer, Probe, ProbeProtocol, Step, Verdict, reach};
use crate::report::sanitize;

use super::{Stop, exit, files};

/// A line of a batch; members that are not named here are ignored.
#[derive(Deserialize)]
struct Line {
    from: String,
    to: String,
    protocol: String,
    port: Option<u16>,
}

/// An answer with what was asked, as far as that could be read.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(flatten)]
    answer: &'a Answer,
}

pub(super) fn run(args: &ReachArgs) -> Result<u8, Stop> {
    let single = match (&args.from, &args.to) {
        (Some(from), Some(to)) => {
            let line = Line { from: from.clone(), to: to.clone(), protocol: args.proto.clone(), port: args.port };
            Some((probe(&line).map_err(Stop::usage)?, line))
        }
        _ => None,
    };
    let batch = args.batch.as_deref().map(files::read_bytes).transpose()?;
    let inventory = files::load_snapshot(&args.snapshot)?;
    let topology = Topology::new(&inventory);
    let mut told: Vec<(Option<Line>, Answer)> = Vec::new();
    let mut code = exit::CLEAN;
    if let Some((probe, line)) = single {
        let answer = reach(&topology, &probe);
        if answer.verdict == Verdict::Unknown {
            code = exit::INCOMPLETE;
        }
        told.push((Some(line), answer));
    }
    let lines = batch.iter().flat_map(|bytes| bytes.split(|byte| *byte == b'\n'));
    for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
        told.push(match serde_json::from_slice::<Line>(line) {
            Ok(line) => {
                let answer = match probe(&line) {
                    Ok(probe) => reach(&topology, &probe),
                    Err(why) => Answer::unknown(why),
                };
                (Some(line), answer)
            }
            Err(error) => (None, Answer::unknown(format!("the probe cannot be read: {error}"))),
        });
    }
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        for (line, answer) in &told {
            tell(&mut out, output.format, line.as_ref(), answer)?;
        }
        write(output.path.as_deref(), &out)?;
    }
    Ok(code)
}

/// Writes to a file, whole or not at all, or to standard output.
pub(super) fn write(path: Option<&Path>, bytes: &[u8]) -> Result<(), Stop> {
    match path {
        Some(path) => files::write_whole(path, |file| file.write_all(bytes)),
        None => {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(bytes)?;
            Ok(stdout.flush()?)
        }
    }
}

/// What a line asks.
fn probe(line: &Line) -> Result<Probe, String> {
    let port = || line.port.ok_or_else(|| format!("a {} probe needs a port", line.protocol));
    let is_v6 = |end: &str| end.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6());
    let protocol = match line.protocol.to_ascii_lowercase().as_str() {
        "tcp" => ProbeProtocol::Tcp(port()?),
        "udp" => ProbeProtocol::Udp(port()?),
        "icmp" => ProbeProtocol::IcmpEcho,
        "icmpv6" if is_v6(&line.from) || is_v6(&line.to) => ProbeProtocol::IcmpEcho,
        other => match other.parse() {
            Ok(6) => ProbeProtocol::Tcp(port()?),
            Ok(17) => ProbeProtocol::Udp(port()?),
            Ok(1 | 58) => ProbeProtocol::IcmpEcho,
            Ok(number) => ProbeProtocol::Number(number),
            Err(_) => {
                return Err(format!("`{other}` is no protocol: tcp, udp, icmp or a number from 0 to 255 is wanted"));
            }
        },
    };
    Ok(Probe { from: line.from.clone(), to: line.to.clone(), protocol })
}

fn tell(out: &mut Vec<u8>, format: ReachFormat, asked: Option<&Line>, answer: &Answer) -> Result<(), Stop> {
    match format {
        ReachFormat::Json => {
            let told = Told {
                from: asked.map(|line| line.from.as_str()),
                to: asked.map(|line| line.to.as_str()),
                protocol: asked.map(|line| line.protocol.as_str()),
                port: asked.and_then(|line| line.port),
                answer,
            };
            serde_json::to_writer(&mut *out, &told).map_err(|error| Stop::runtime(error.to_string()))?;
            out.push(b'\n');
        }
        ReachFormat::Text => text(out, asked, answer)?,
    }
    Ok(())
}

fn text(out: &mut Vec<u8>, asked: Option<&Line>, answer: &Answer) -> std::io::Result<()> {
    let visible = |text: &str| sanitize::visible(text).into_owned();
    if let Some(line) = asked {
        let port = line.port.map(|port| format!(" {port}")).unwrap_or_default();
        writeln!(out, "{} -> {} {}{port}", visible(&line.from), visible(&line.to), visible(&line.protocol))?;
    }
    writeln!(out, "{}: {}", answer.verdict.as_str(), visible(&answer.reason))?;
    if let Some(witness) = answer.witness {
        writeln!(
            out,
            "  asked as {witness}, which stands for all of the internet that rules do not tell apart from it"
        )?;
    }
    let steps = |out: &mut Vec<u8>, title: &str, steps: &[Step]| -> std::io::Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n  {title}")?;
        let gates = steps.iter().map(|step| step.gate.as_str().len()).max().unwrap_or(0);
        let resources = steps.iter().map(|step| step.resource.len()).max().unwrap_or(0).min(40);
        for step in steps {
            let said = [step.rule.as_deref(), step.detail.as_deref()];
            let said: Vec<&str> = said.into_iter().flatten().collect();
            let line = format!(
                "  {:7} {:gates$}  {:resources$}  {}",
                step.decision.as_str(),
                step.gate.as_str(),
                visible(&step.resource),
                visible(&said.join("; ")),
            );
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    };
    steps(out, "there", &answer.path)?;
    steps(out, "back", &answer.return_path)?;
    if let Some(ports) = answer.client_ports.as_ref().filter(|ports| ports.count() < 65_536) {
        writeln!(out, "\n  answered on the client ports {ports}")?;
    }
    for (title, lines) in [("taken for granted", &answer.assumptions), ("not read", &answer.missing)] {
        if !lines.is_empty() {
            writeln!(out, "\n  {title}")?;
        }
        for line in lines {
            writeln!(out, "  - {}", visible(line))?;
        }
    }
    writeln!(out)
}
