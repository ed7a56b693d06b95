//! The binary itself, serving an office from a folder of its own.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

const OASES: &str = env!("CARGO_BIN_EXE_oases");

/// Which office a journey is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sample,
    Reference,
}

pub struct Office {
    process: Child,
    pub address: String,
    pub data: tempfile::TempDir,
}

fn run(data: &Path, arguments: &[&str]) -> String {
    let output = Command::new(OASES).arg("--data").arg(data).args(arguments).output().expect("oases");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "oases {arguments:?}: {said}{wrong}");
    said.into_owned()
}

/// A loaded office, made once for all tests and copied for each.
fn loaded(kind: Kind) -> &'static Path {
    static SAMPLE: OnceLock<tempfile::TempDir> = OnceLock::new();
    static REFERENCE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let (held, name) = match kind {
        Kind::Sample => (&SAMPLE, "sample"),
        Kind::Reference => (&REFERENCE, "reference"),
    };
    let made = held.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        run(folder.path(), &["load", "--office", name]);
        folder
    });
    made.path()
}

/// What stands at the top of a data folder, and the whole universe.
fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("the loaded office").filter_map(Result::ok) {
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        if path.is_file() {
            std::fs::copy(&path, &place).expect("a copy");
        } else if path.components().any(|part| part.as_os_str() == "universe") {
            std::fs::create_dir(&place).expect("a folder");
            copy(&path, &place);
        }
    }
}

impl Office {
    pub fn open(kind: Kind) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        copy(loaded(kind), data.path());
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let listen = format!("127.0.0.1:{port}");
        let mut process = Command::new(OASES)
            .args(["serve", "--listen", &listen, "--data"])
            .arg(data.path())
            .stdout(Stdio::piped())
            // What it complains of is read beside the test that met it.
            .stderr(Stdio::inherit())
            .spawn()
            .expect("oases serve");
        let mut lines = BufReader::new(process.stdout.take().expect("its words")).lines();
        let first = lines.next().and_then(Result::ok).expect("oases says where it serves");
        assert!(first.contains(&listen), "{first}");
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { process, address: format!("http://{listen}"), data }
    }

    /// Makes an account in these roles; answers the path of its one-time link.
    pub fn invites(&self, email: &str, roles: &str) -> String {
        let said = run(self.data.path(), &["user", "add", email, "--name", "Browser Person", "--role", roles]);
        let link = said.trim();
        link.find("/welcome/").map(|place| link[place..].to_owned()).expect("a one-time link")
    }

    /// A file to upload.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.data.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
