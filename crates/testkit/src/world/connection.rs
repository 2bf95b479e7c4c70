//! Connections that a world can reset.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// A listener whose connections can be reset.
pub(super) struct Door(pub(super) TcpListener);

/// A connection; once it is cut, nothing more is written to it.
pub(super) struct Connection {
    stream: TcpStream,
    line: Line,
}

/// The end of a connection that cuts it.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Arc<AtomicU8>);

// What has become of a line; zero while it is whole.
/// The body of the next answer is written to its half.
const HALVED: u8 = 1;
/// That half is written, and the connection ends.
const ENDED: u8 = 2;
/// The connection is reset.
const CUT: u8 = 3;

impl Line {
    /// Resets the connection instead of answering.
    pub(super) fn cut(&self) {
        self.0.store(CUT, Ordering::Release);
    }

    /// Ends the connection in the middle of the answer's body.
    pub(super) fn halve(&self) {
        self.0.store(HALVED, Ordering::Release);
    }

    fn state(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Answers are small; waiting for more to send would make each of them 40 ms late.
        drop(stream.set_nodelay(true));
        (Connection { stream, line: Line::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Door>> for Line {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().line.clone()
    }
}

impl Connection {
    /// The error of a line that is cut or has ended. A cut socket is closed with a reset, not with a polite end.
    fn check(&self) -> io::Result<()> {
        match self.line.state() {
            CUT => {
                self.stream.set_zero_linger()?;
                Err(io::ErrorKind::ConnectionReset.into())
            }
            ENDED => Err(io::ErrorKind::BrokenPipe.into()),
            _ => Ok(()),
        }
    }

    /// Writes the head of an answer and half of its body, and lets the rest fail.
    fn write_half(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let head = bytes.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
        let half = bytes.get(..head + (bytes.len() - head) / 2).unwrap_or(bytes);
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, half))?;
        self.line.0.store(ENDED, Ordering::Release);
        Poll::Ready(Ok(written))
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        if self.line.state() == HALVED {
            return self.write_half(cx, bytes);
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        if self.line.state() == HALVED {
            let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
            return self.write_half(cx, &bytes);
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
