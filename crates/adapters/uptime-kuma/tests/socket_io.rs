//! The adapter's own socket against the real socket.io, which says what Uptime Kuma would.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;

use lamplighter_core::ErrorKind;
use lamplighter_core::ports::{MonitorState, MonitorWriter, Monitors};
use lamplighter_core::words::MonitorAddition;
use lamplighter_testkit::approve_monitor;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::servers::SocketIo;
use lamplighter_uptime_kuma::{UptimeKumaMonitors, UptimeKumaSettings, Way};
use secrecy::SecretString;

/// Registers late, as Uptime Kuma does, and sends pings at once.
const SCRIPT: &str = r"
io.engine.opts.pingInterval = 50;
const monitors = {7: {id: 7, name: 'wïki', type: 'http', url: 'https://wiki.example.org', active: true}};
io.on('connection', async (socket) => {
  await new Promise((resolve) => setTimeout(resolve, 300));
  socket.on('login', async ({username, password}, callback) => {
    if (username !== 'maria' || password !== 'hunter2') return callback({ok: false, msg: 'authIncorrectCreds'});
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.emit('monitorList', monitors);
    socket.emit('info', {version: '2.1.0'});
    socket.emit('file', Buffer.from('attached'));
    callback({ok: true, token: 'x'});
    socket.emit('heartbeatList', 7, [{status: 0, time: '2026-03-01 11:00:00.000', msg: 'timeout', ping: null}], true);
  });
  socket.on('add', (monitor, callback) => {
    monitors[8] = {id: 8, ...monitor};
    callback({ok: true, msg: 'successAdded', monitorID: 8});
  });
  socket.emit('info', {});
});
";

fn monitors(server: &SocketIo, password: &str) -> UptimeKumaMonitors {
    let way = Way::socket("maria", SecretString::from(password));
    UptimeKumaMonitors::new(UptimeKumaSettings::new(server.url(), way), Arc::new(FakeClock::auto())).unwrap()
}

#[tokio::test]
async fn the_real_socket_io_is_understood() {
    let Some(server) = SocketIo::start(SCRIPT) else { return };
    let monitors_of = |password: &str| monitors(&server, password);
    let statuses = monitors_of("hunter2").statuses().await.unwrap();
    assert_eq!(statuses.len(), 1);
    let wiki = &statuses[0];
    assert_eq!((wiki.name.as_str(), wiki.state, wiki.detail.as_str()), ("wïki", MonitorState::Down, "timeout"));
    assert_eq!(wiki.at, "2026-03-01T11:00:00Z".parse().unwrap());
    assert_eq!(monitors_of("wrong").statuses().await.unwrap_err().kind(), ErrorKind::Permission);

    let files = MonitorAddition {
        name: "files".to_owned(),
        url: "https://files.example.org".to_owned(),
        interval: 60,
        retries: 3,
    };
    assert!(!monitors_of("hunter2").has(&files).await.unwrap());
    monitors_of("hunter2").add(approve_monitor(files.clone()).await).await.unwrap();
    assert!(monitors_of("hunter2").has(&files).await.unwrap());
}
