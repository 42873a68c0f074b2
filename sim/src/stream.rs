//! A connection that can end with a reset.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A TCP stream that closes as usual unless its [`Doom`] says otherwise.
pub struct Stream {
    inner: TokioIo<TcpStream>,
    doom: Doom,
}

/// Decides how a connection ends.
#[derive(Clone, Default)]
pub struct Doom(Arc<AtomicBool>);

impl Doom {
    /// It will end with a reset.
    pub fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Stream {
    pub fn new(stream: TcpStream) -> Stream {
        Stream { inner: TokioIo::new(stream), doom: Doom::default() }
    }

    pub fn doom(&self) -> Doom {
        self.doom.clone()
    }

    fn is_doomed(&self) -> bool {
        self.doom.0.load(Ordering::Relaxed)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.is_doomed() {
            // Closing a socket that does not linger sends a reset. If that
            // cannot be had, the connection ends without a reply all the same.
            let _ = self.inner.inner().set_zero_linger();
        }
    }
}

impl Read for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl Write for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_doomed() {
            // No polite goodbye before the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
