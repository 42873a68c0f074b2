//! HTTP/1.1 on loopback.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Sleep, sleep};

use crate::answer::{Request, Sim, Wire};
use crate::error::Reply;
use crate::faults::Faults;
use crate::org::Organization;
use crate::stats::Stats;

/// A running endpoint. It stops when this is dropped.
pub struct Server {
    addr: SocketAddr,
    sim: Arc<Sim>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

/// Serves an organization on a loopback address; port 0 takes any free port.
///
/// It runs on the tokio runtime of the caller. Other addresses are refused:
/// the endpoint checks no signature.
pub async fn serve(listen: SocketAddr, org: Organization, faults: Faults) -> io::Result<Server> {
    if !listen.ip().is_loopback() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("the simulated endpoint listens on loopback addresses only, not on {listen}"),
        ));
    }
    if org.accounts == 0 || org.regions.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the simulated organization needs at least one account and one region",
        ));
    }
    let listener = TcpListener::bind(listen).await?;
    let addr = listener.local_addr()?;
    let sim = Arc::new(Sim::new(org, faults));
    let (stop, stopped) = watch::channel(false);
    let accepting = tokio::spawn(accept(listener, Arc::clone(&sim), stopped));
    Ok(Server { addr, sim, stop, accepting })
}

impl Server {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The value for `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The organization it serves.
    pub fn organization(&self) -> &Organization {
        &self.sim.org
    }

    /// What was called so far.
    pub fn stats(&self) -> Stats {
        self.sim.counters.stats()
    }

    /// Closes the listener and every connection.
    pub async fn shutdown(mut self) {
        // Nobody listening any more is the same as having stopped.
        let _ = self.stop.send(true);
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

async fn accept(listener: TcpListener, sim: Arc<Sim>, mut stopped: watch::Receiver<bool>) {
    loop {
        let connection = tokio::select! {
            _ = stopped.changed() => return,
            connection = listener.accept() => connection,
        };
        match connection {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, Arc::clone(&sim), stopped.clone()));
            }
            // Out of file descriptors: wait for connections to close.
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn converse(stream: TcpStream, sim: Arc<Sim>, mut stopped: watch::Receiver<bool>) {
    // Without this, small replies wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let handler = service_fn(move |request| handle(Arc::clone(&sim), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), handler);
    // NOTE: a connection that fails is the client's business or a planned fault.
    tokio::select! {
        _ = stopped.changed() => {}
        _ = connection => {}
    }
}

/// Larger than any request of a scan.
const MAX_REQUEST: usize = 1 << 20;

async fn handle(sim: Arc<Sim>, request: hyper::Request<Incoming>) -> io::Result<hyper::Response<Output>> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if let Some(own) = path.strip_prefix("/_sim/") {
        return own_page(&sim, own);
    }
    let body = Limited::new(body, MAX_REQUEST).collect().await.map_err(io::Error::other)?.to_bytes();
    let (reply, wire) = sim.answer(&Request {
        method: parts.method.as_str(),
        path,
        query: parts.uri.query().unwrap_or(""),
        headers: &parts.headers,
        body: &body,
    });
    if sim.latency_ms > 0 {
        sleep(Duration::from_millis(sim.latency_ms)).await;
    }
    if wire == Wire::Reset {
        return Err(io::Error::new(io::ErrorKind::ConnectionReset, "a planned fault drops this connection"));
    }
    Ok(respond(reply, wire))
}

/// Pages about the simulation itself.
fn own_page(sim: &Sim, name: &str) -> io::Result<hyper::Response<Output>> {
    let (status, value) = match name {
        "stats" => (200, serde_json::to_value(sim.counters.stats())?),
        "truth" => (200, serde_json::to_value(sim.org.truth())?),
        _ => (404, json!({"message": "there are /_sim/stats and /_sim/truth"})),
    };
    let reply = Reply { status, content_type: "application/json", error_type: None, body: value.to_string() };
    Ok(respond(reply, Wire::Plain))
}

fn respond(reply: Reply, wire: Wire) -> hyper::Response<Output> {
    let bytes = Bytes::from(reply.body);
    let length = bytes.len();
    let output = match wire {
        Wire::Stall => Output::Stalled,
        Wire::Slow => Output::Slow { piece: length / PIECES + 1, rest: bytes, pause: Box::pin(sleep(PAUSE)) },
        Wire::Plain | Wire::Reset => Output::Whole(Some(bytes)),
    };
    let mut response = hyper::Response::new(output);
    if let Ok(status) = hyper::StatusCode::from_u16(reply.status) {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    if let Some(code) = reply.error_type {
        headers.insert("x-amzn-errortype", HeaderValue::from_static(code));
    }
    response
}

const PIECES: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// The body of a reply.
enum Output {
    Whole(Option<Bytes>),
    /// Never sends anything.
    Stalled,
    Slow {
        rest: Bytes,
        piece: usize,
        pause: Pin<Box<Sleep>>,
    },
}

impl Body for Output {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Output::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Output::Stalled => Poll::Pending,
            Output::Slow { rest, piece, pause } => {
                if rest.is_empty() {
                    return Poll::Ready(None);
                }
                if pause.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                pause.set(sleep(PAUSE));
                let size = (*piece).min(rest.len());
                Poll::Ready(Some(Ok(Frame::data(rest.split_to(size)))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Output::Whole(bytes) => bytes.is_none(),
            Output::Stalled => false,
            Output::Slow { rest, .. } => rest.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Output::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Output::Slow { rest, .. } => SizeHint::with_exact(rest.len() as u64),
            Output::Stalled => SizeHint::default(),
        }
    }
}
