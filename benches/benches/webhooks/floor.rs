//! The least that a delivery costs: it is read, its signature is checked over its bytes, and it is answered. Nothing else is
//! done, and least of all what HTTP asks of a server.

use std::error::Error;
use std::net::Ipv4Addr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::payload::SECRET;

/// More than a delivery of this benchmark has.
const ROOM: usize = 64 << 10;
const TAKEN: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
const REFUSED: &[u8] = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";

/// Serves until it is killed.
pub(crate) fn serve() -> Result<(), Box<dyn Error>> {
    let port: u16 = std::env::var("PORT")?.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(tokio::task::LocalSet::new().run_until(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::task::spawn_local(answer(stream));
        }
    }))
}

async fn answer(mut stream: TcpStream) -> Option<()> {
    let key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).ok()?;
    let mut buffer = vec![0; ROOM];
    let mut filled = 0;
    loop {
        filled += stream.read(buffer.get_mut(filled..)?).await.ok().filter(|read| *read > 0)?;
        let Some((signature, body)) = delivery(buffer.get(..filled)?) else { continue };
        let is_good = key.clone().chain_update(body).verify_slice(&signature).is_ok();
        stream.write_all(if is_good { TAKEN } else { REFUSED }).await.ok()?;
        filled = 0;
    }
}

/// The signature and the body, once all of it is there.
fn delivery(request: &[u8]) -> Option<([u8; 32], &[u8])> {
    let end = request.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let (head, body) = (std::str::from_utf8(request.get(..end)?).ok()?, request.get(end + 4..)?);
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
    if body.len() < header("Content-Length: ")?.parse().ok()? {
        return None;
    }
    let mut signature = [0; 32];
    let digits = header("X-Hub-Signature-256: sha256=")?;
    for (at, byte) in signature.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some((signature, body))
}
