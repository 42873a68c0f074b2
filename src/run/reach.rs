//! `driftline reach`: does a packet get there, and does an answer get back?

use std::io::Write;
use std::net::IpAddr;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::cli::{ReachArgs, ReachFormat, WriteTo};
use crate::model::topology::Topology;
use crate::model::walk::{Answer, Probe, ProbeProtocol, Step, Verdict, reach};
use crate::report::sanitize;

use super::{Stop, exit, files};

/// What is asked, as far as it could be read.
#[derive(Default, Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
}

/// An answer with what was asked.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    asked: &'a Line,
    #[serde(flatten)]
    answer: &'a Answer,
}

impl Line {
    /// Reads a line of a batch: what can be read of it, and what is wrong with the rest. Members that are not named
    /// here are ignored; a number may be written as a text, and the other way round.
    fn read(line: &[u8]) -> (Line, Result<(), String>) {
        let members = match serde_json::from_slice::<Value>(line) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return (Line::default(), Err("the probe is no JSON object".to_owned())),
            Err(error) => return (Line::default(), Err(format!("the probe cannot be read: {error}"))),
        };
        let mut wrong = Vec::new();
        let mut text = |name: &str| match members.get(name) {
            Some(Value::String(text)) => Some(text.trim().to_owned()),
            Some(Value::Number(number)) => Some(number.to_string()),
            None | Some(Value::Null) => None,
            Some(_) => {
                wrong.push(format!("`{name}` is neither a text nor a number"));
                None
            }
        };
        let [from, to, protocol, port] = ["from", "to", "protocol", "port"].map(&mut text);
        let number = port.as_deref().map(str::parse::<u16>);
        if let (Some(Err(_)), Some(port)) = (&number, &port) {
            wrong.push(format!("`{port}` is no port from 0 to 65535"));
        }
        let line = Line { from, to, protocol, port: number.and_then(Result::ok) };
        (line, if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) })
    }
}

pub(super) fn run(args: &ReachArgs) -> Result<u8, Stop> {
    let single = match (&args.from, &args.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (Some(from.clone()), Some(to.clone()));
            let line = Line { from, to, protocol: Some(args.proto.clone()), port: args.port };
            Some((probe(&line).map_err(Stop::usage)?, line))
        }
        _ => None,
    };
    let batch = args.batch.as_deref().map(files::read_bytes).transpose()?;
    let inventory = files::load_snapshot(&args.snapshot)?;
    let topology = Topology::new(&inventory);
    let mut told: Vec<(Line, Answer)> = Vec::new();
    let mut code = exit::CLEAN;
    if let Some((probe, line)) = single {
        let answer = reach(&topology, &probe);
        if answer.verdict == Verdict::Unknown {
            code = exit::INCOMPLETE;
        }
        told.push((line, answer));
    }
    let lines = batch.iter().flat_map(|bytes| bytes.split(|byte| *byte == b'\n'));
    for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
        let (line, read) = Line::read(line);
        let answer = match read.and_then(|()| probe(&line)) {
            Ok(probe) => reach(&topology, &probe),
            Err(why) => Answer::unknown(why),
        };
        told.push((line, answer));
    }
    let first = WriteTo { format: args.format, path: None };
    let to_stdout = args.outputs.iter().any(|output| output.path.is_none());
    for output in args.outputs.iter().chain((!to_stdout).then_some(&first)) {
        let mut out: Vec<u8> = Vec::new();
        for (line, answer) in &told {
            tell(&mut out, output.format, line, answer)?;
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
    let needed = |of: &Option<String>, name: &str| of.clone().ok_or_else(|| format!("the probe has no `{name}`"));
    let (from, to, named) = (needed(&line.from, "from")?, needed(&line.to, "to")?, needed(&line.protocol, "protocol")?);
    let port = || line.port.ok_or_else(|| format!("a {named} probe needs a port"));
    let is_v6 = |end: &str| end.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6());
    let protocol = match named.to_ascii_lowercase().as_str() {
        "tcp" => ProbeProtocol::Tcp(port()?),
        "udp" => ProbeProtocol::Udp(port()?),
        "icmp" => ProbeProtocol::IcmpEcho,
        "icmpv6" if is_v6(&from) || is_v6(&to) => ProbeProtocol::IcmpEcho,
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
    Ok(Probe { from, to, protocol })
}

fn tell(out: &mut Vec<u8>, format: ReachFormat, asked: &Line, answer: &Answer) -> Result<(), Stop> {
    match format {
        ReachFormat::Json => {
            serde_json::to_writer(&mut *out, &Told { asked, answer })
                .map_err(|error| Stop::runtime(error.to_string()))?;
            out.push(b'\n');
        }
        ReachFormat::Text => text(out, asked, answer)?,
    }
    Ok(())
}

fn text(out: &mut Vec<u8>, asked: &Line, answer: &Answer) -> std::io::Result<()> {
    let visible = |text: &str| sanitize::visible(text).into_owned();
    let port = asked.port.map(|port| format!(" {port}")).unwrap_or_default();
    let [from, to, protocol] =
        [&asked.from, &asked.to, &asked.protocol].map(|one| visible(one.as_deref().unwrap_or("?")));
    writeln!(out, "{from} -> {to} {protocol}{port}")?;
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
