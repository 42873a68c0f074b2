//! HTTP/1.1 on loopback.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Sleep, sleep};

use crate::answer::{Request, Sim, Wire};
use crate::error::Reply;
use crate::faults::Faults;
use crate::org::Organization;
use crate::stats::{Stats, UnderWay};
use crate::stream::{Doom, Stream};

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
        self.sim.stats(None)
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
    // When this ends so do all connections.
    let mut connections = JoinSet::new();
    loop {
        let connection = tokio::select! {
            _ = stopped.changed() => return,
            connection = listener.accept() => connection,
        };
        while connections.try_join_next().is_some() {}
        match connection {
            Ok((stream, _)) => drop(connections.spawn(converse(stream, Arc::clone(&sim)))),
            // Out of file descriptors: wait for connections to close.
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn converse(stream: TcpStream, sim: Arc<Sim>) {
    // Without this, small replies wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let stream = Stream::new(stream);
    let doom = stream.doom();
    let handler = service_fn(move |request| handle(Arc::clone(&sim), doom.clone(), request));
    // NOTE: no timer, which would be set and taken back for every request; and
    // a connection that fails is the client's business or a planned fault.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(stream, handler).await;
}

/// Larger than any request of a scan.
const MAX_REQUEST: usize = 1 << 20;

/// Reads a body. Most come in one piece, which is not copied.
async fn read(mut body: Incoming) -> io::Result<Bytes> {
    let mut whole = Bytes::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.map_err(io::Error::other)?.into_data() else { continue };
        whole = if whole.is_empty() { piece } else { [whole, piece].concat().into() };
        if whole.len() > MAX_REQUEST {
            return Err(io::Error::other("the request is too large"));
        }
    }
    Ok(whole)
}

async fn handle(sim: Arc<Sim>, doom: Doom, request: hyper::Request<Incoming>) -> io::Result<hyper::Response<Output>> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let query = parts.uri.query().unwrap_or("");
    if let Some(own) = path.strip_prefix("/_sim/") {
        return own_page(&sim, own, query);
    }
    let body = read(body).await?;
    let answer =
        sim.answer(&Request { method: parts.method.as_str(), path, query, headers: &parts.headers, body: &body });
    if !answer.delay.is_zero() {
        sleep(answer.delay).await;
    }
    if answer.wire == Wire::Reset {
        doom.reset();
        return Err(io::Error::new(io::ErrorKind::ConnectionReset, "a planned fault drops this connection"));
    }
    Ok(respond(answer.reply, answer.wire, Some(doom), answer.under_way))
}

/// Pages about the simulation itself.
fn own_page(sim: &Sim, name: &str, query: &str) -> io::Result<hyper::Response<Output>> {
    let parameter = |name: &str| {
        query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name)).map(|(_, value)| value)
    };
    let (status, value) = match name {
        "stats" => (200, serde_json::to_value(sim.stats(parameter("account")))?),
        "summary" => (200, serde_json::to_value(sim.stats(None).summary())?),
        "truth" => (200, serde_json::to_value(sim.org.truth())?),
        "changes" => (200, serde_json::to_value(sim.org.changed(parameter("account")))?),
        _ => (404, json!({"message": "there are /_sim/stats, /_sim/summary, /_sim/truth and /_sim/changes"})),
    };
    let body = value.to_string().into_bytes();
    let reply = Reply { status, content_type: "application/json", error_type: None, body };
    Ok(respond(reply, Wire::Plain, None, None))
}

fn respond(reply: Reply, wire: Wire, doom: Option<Doom>, under_way: Option<UnderWay>) -> hyper::Response<Output> {
    let bytes = Bytes::from(reply.body);
    let length = bytes.len();
    let half = || bytes.slice(..length / 2);
    let shape = match wire {
        Wire::Stall => Shape::Stalled,
        Wire::Slow => Shape::Slow { piece: length / PIECES + 1, rest: bytes, pause: Box::pin(sleep(PAUSE)) },
        Wire::ResetAfterHeaders => Shape::Torn { half: Some(half()), doom, pause: Box::pin(sleep(TEAR)) },
        Wire::Unfinished => Shape::Torn { half: Some(half()), doom: None, pause: Box::pin(sleep(TEAR)) },
        Wire::Plain | Wire::Reset => Shape::Whole(Some(bytes)),
    };
    let output = Output { shape, _under_way: under_way };
    let mut response = hyper::Response::new(output);
    if let Ok(status) = hyper::StatusCode::from_u16(reply.status) {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    if wire != Wire::Unfinished {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    if reply.content_type == "application/cbor" {
        headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    if let Some(code) = reply.error_type {
        headers.insert("x-amzn-errortype", HeaderValue::from_static(code));
    }
    response
}

const PIECES: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// Time for the first half to arrive before the connection breaks.
const TEAR: Duration = Duration::from_millis(20);

/// The body of a reply.
struct Output {
    shape: Shape,
    /// The request is under way until its reply is sent.
    _under_way: Option<UnderWay>,
}

enum Shape {
    Whole(Option<Bytes>),
    /// Never sends anything.
    Stalled,
    Slow {
        rest: Bytes,
        piece: usize,
        pause: Pin<Box<Sleep>>,
    },
    /// A half, and then the connection ends; by a reset if there is a doom.
    Torn {
        half: Option<Bytes>,
        doom: Option<Doom>,
        pause: Pin<Box<Sleep>>,
    },
}

impl Body for Output {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut self.shape {
            Shape::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Shape::Stalled => Poll::Pending,
            Shape::Slow { rest, piece, pause } => {
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
            Shape::Torn { half, doom, pause } => {
                if let Some(half) = half.take() {
                    return Poll::Ready(Some(Ok(Frame::data(half))));
                }
                if pause.as_mut().poll(cx).is_pending() {
                    return Poll::Pending;
                }
                if let Some(doom) = doom {
                    doom.reset();
                }
                Poll::Ready(Some(Err(io::Error::new(
                    io::ErrorKind::ConnectionReset,
                    "a planned fault tears this body",
                ))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.shape {
            Shape::Whole(bytes) => bytes.is_none(),
            Shape::Stalled | Shape::Torn { .. } => false,
            Shape::Slow { rest, .. } => rest.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.shape {
            Shape::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Shape::Slow { rest, .. } => SizeHint::with_exact(rest.len() as u64),
            Shape::Stalled | Shape::Torn { .. } => SizeHint::default(),
        }
    }
}
