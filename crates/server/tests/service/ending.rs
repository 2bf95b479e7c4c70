//! Limits, and the end.

use std::time::Duration;

use lamplighter_server::ServerSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bench::{Bench, parse};

#[tokio::test]
async fn who_comes_too_fast_is_told_to_come_back_and_probes_are_always_answered() {
    let bench = Bench::start(0, |settings| ServerSettings { requests_per_second: 1, ..settings }).await;
    let delivery = bench.opened("maria");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(bench.deliver(&delivery).await.status);
    }
    assert_eq!(statuses.first(), Some(&202));
    assert!(statuses.contains(&429), "{statuses:?}");
    for path in ["/health", "/ready", "/metrics"] {
        assert_eq!(bench.get(path).await.status, 200, "{path}");
    }
    assert!(bench.get("/metrics").await.body.contains("lamplighter_requests_limited_total"));
}

#[tokio::test]
async fn who_comes_when_all_turns_are_taken_is_told_to_come_back() {
    let bench = Bench::start(0, |settings| ServerSettings { requests_at_once: 1, ..settings }).await;
    let delivery = bench.opened("maria");
    let mut slow = TcpStream::connect(&bench.address).await.unwrap();
    slow.write_all(b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n").await.unwrap();
    let mut status = 0;
    for _ in 0..200 {
        status = bench.deliver(&delivery).await.status;
        if status == 503 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(status, 503, "a slow request holds the only turn");
    slow.write_all(b"hello").await.unwrap();
    drop(slow);
    for _ in 0..200 {
        status = bench.deliver(&delivery).await.status;
        if status == 202 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(status, 202);
}

#[tokio::test]
async fn a_request_that_never_ends_is_ended() {
    let timeout = Duration::from_millis(200);
    let bench = Bench::start(0, |settings| ServerSettings { request_timeout: timeout, ..settings }).await;
    let mut slow = TcpStream::connect(&bench.address).await.unwrap();
    slow.write_all(b"POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{").await.unwrap();
    let mut raw = Vec::new();
    slow.read_to_end(&mut raw).await.unwrap();
    assert_eq!(parse(&raw).status, 408);
}

#[tokio::test]
async fn at_the_end_nobody_is_let_in_and_what_was_accepted_is_kept() {
    let bench = Bench::idle().await;
    let delivery = bench.opened("maria");
    assert_eq!(bench.deliver(&delivery).await.status, 202);
    assert_eq!(bench.get("/ready").await.status, 200);
    bench.stop.cancel();
    for _ in 0..500 {
        if bench.ended.is_finished() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(bench.ended.is_finished(), "it ends without being waited for");
    assert!(TcpStream::connect(&bench.address).await.is_err());
    assert_eq!(bench.jobs(), [("answer/1".to_owned(), true)]);
}

#[tokio::test]
async fn two_services_do_not_share_an_inbox() {
    let bench = Bench::idle().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let second = bench.server.run(listener, lamplighter::core::CancellationToken::new()).await.unwrap_err();
    assert_eq!(second.kind(), lamplighter::core::ErrorKind::Conflict);
}
