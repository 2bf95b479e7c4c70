//! A tiny HTTP server that plays Vault and Lamplighter for the scripts.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `POST /execute`.
    pub(crate) line: String,
    /// The headers as they came, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Request {
    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{}: {error}: {}", self.line, self.body))
    }
}

/// A status and a body.
pub(crate) type Answer = (u16, String);

type Answers = Arc<Mutex<dyn FnMut(&Request) -> Answer + Send>>;

/// The server, on a port of its own.
pub(crate) struct Played {
    address: SocketAddr,
    answers: Answers,
    seen: Arc<Mutex<Vec<Request>>>,
    last: Arc<Mutex<Option<String>>>,
    listening: Option<JoinHandle<()>>,
}

impl Played {
    /// Starts one that answers so.
    pub(crate) fn start(answers: impl FnMut(&Request) -> Answer + Send + 'static) -> Self {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = TcpListener::bind(anywhere).unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(Mutex::new(answers));
        let (seen, last) = (Arc::default(), Arc::default());
        let mut server = Self { address, answers, seen, last, listening: None };
        server.listen(listener);
        server
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// The lines of what was asked so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|request| request.line).collect()
    }

    /// Goes away: connections are refused until it is [back](Self::come_back).
    pub(crate) fn go_away(&mut self) {
        if let Some(listening) = self.listening.take() {
            // A connection that asks nothing ends it.
            drop(TcpStream::connect(self.address));
            listening.join().unwrap();
        }
    }

    /// Goes away with its answer to the next request of this line.
    pub(crate) fn goes_away_after(&self, line: &str) {
        *self.last.lock().unwrap() = Some(line.to_owned());
    }

    /// Listens again at its place.
    pub(crate) fn come_back(&mut self) {
        self.go_away();
        self.listen(TcpListener::bind(self.address).unwrap());
    }

    fn listen(&mut self, listener: TcpListener) {
        let (answers, seen, last) = (Arc::clone(&self.answers), Arc::clone(&self.seen), Arc::clone(&self.last));
        self.listening = Some(std::thread::spawn(move || {
            let mut listener = Some(listener);
            while let Some(listening) = &listener {
                let (mut connection, _) = listening.accept().unwrap();
                let Some(request) = read(&connection) else { return };
                seen.lock().unwrap().push(request.clone());
                let (status, body) = (answers.lock().unwrap())(&request);
                if last.lock().unwrap().take_if(|line| *line == request.line).is_some() {
                    listener = None;
                }
                let length = body.len();
                let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                // Whoever asks may be gone.
                let _gone = connection.write_all(format!("{head}{body}").as_bytes());
            }
        }));
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.go_away();
        }
    }
}

/// One request; `None` where the connection ends before it begins.
fn read(connection: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(connection);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0).map(|_| line.trim_end().to_owned())
    };
    let first = line()?.trim_end_matches(" HTTP/1.1").to_owned();
    let mut headers = Vec::new();
    while let Some((name, value)) = line()?.split_once(": ") {
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let mut request = Request { line: first, headers, body: String::new() };
    let length: usize = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).unwrap();
    Some(request)
}
