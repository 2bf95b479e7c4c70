//! A server that gives prepared answers, for what a real one cannot be made to say.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How a connection is answered.
#[derive(Clone)]
pub(crate) enum Answer {
    /// With this status line and headers, and this body.
    Http(String, String),
    /// By closing it.
    Reset,
    /// Never.
    Silence,
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Answer {
    Answer::Http(format!("{status} It\r\ncontent-type: application/json"), body.to_owned())
}

/// A refusal as the API server words them.
pub(crate) fn refusal(status: u16, message: &str) -> Answer {
    let body = serde_json::json!({ "kind": "Status", "status": "Failure", "message": message, "code": status });
    json(status, &body.to_string())
}

/// The requests that were made: method and path with query.
pub(crate) type Requests = Arc<Mutex<Vec<String>>>;

/// Starts a server that answers each request as `answer` says, and returns its URL and the requests.
pub(crate) async fn serve(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Requests::default();
    let (answer, seen) = (Arc::new(answer), Arc::clone(&requests));
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let Some(request) = head(&mut stream).await else { continue };
            if request != "GET /version" {
                seen.lock().unwrap().push(request.clone());
            }
            match answer(&request) {
                Answer::Http(head, body) => {
                    let length = body.len();
                    let text =
                        format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
                    let _ = stream.write_all(text.as_bytes()).await;
                }
                Answer::Reset => drop(stream),
                Answer::Silence => silent.push(stream),
            }
        }
    });
    (url, requests)
}

/// Reads a request's head, its body too where it has one, and returns method and path.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        stream.read_buf(&mut bytes).await.ok().filter(|read| *read > 0)?;
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut words = text.split(' ');
    Some(format!("{} {}", words.next()?, words.next()?.trim_end_matches('?')))
}
