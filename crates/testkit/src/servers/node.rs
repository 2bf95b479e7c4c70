use std::process::{Command, Output};

use super::process::{Process, folder, installed, program};

/// A real socket.io server, in node.
#[derive(Debug)]
pub struct SocketIo {
    process: Process,
}

impl SocketIo {
    /// Starts one that does what a script says, which is given `io`, the server. `None`, and a line that says so, where
    /// node or socket.io is not installed.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(script: &str) -> Option<Self> {
        let (node, package) = (program(&["node"])?, package("socket.io")?);
        let dir = folder();
        let script = format!(
            "const http = require('http').createServer();\n\
             const io = new (require({package:?}).Server)(http);\n{script}\n\
             http.listen(0, '127.0.0.1', () => \
             console.log(`msg=\"Listening on\" address=127.0.0.1:${{http.address().port}}`));\n"
        );
        let file = dir.path().join("server.js");
        std::fs::write(&file, script).expect("a script can be written");
        Some(Self { process: Process::start(dir, &node, &[file.display().to_string()], "Listening on") })
    }

    /// Where it is, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.process.address())
    }

    /// Lets the real client visit a server: runs a script that is given `socket`, on its way to `url`, and gives what
    /// the script prints. `None`, and a line that says so, where node or the client is not installed.
    ///
    /// # Panics
    /// When the script fails.
    #[must_use]
    pub fn visit(url: &str, script: &str) -> Option<String> {
        let (node, package) = (program(&["node"])?, package("socket.io-client")?);
        let script = format!(
            "const socket = require({package:?}).io({url:?}, {{transports: ['websocket'], reconnection: false}});\n\
             setTimeout(() => {{ console.error('nothing happens'); process.exit(1); }}, 20000).unref();\n{script}\n"
        );
        let Output { status, stdout, stderr } =
            Command::new(node).args(["-e", &script]).output().expect("node can be run");
        assert!(status.success(), "the client fails: {}", String::from_utf8_lossy(&stderr));
        Some(String::from_utf8_lossy(&stdout).into_owned())
    }
}

/// The folder of an npm package.
fn package(name: &str) -> Option<String> {
    installed(&format!("npm/{name}/node_modules/{name}")).map(|folder| folder.display().to_string())
}
