//! A PostgreSQL of the tests' own: one cluster a test process, one database a test. It ends with the process, however
//! that ends, because a shell beside it waits for the process's end of a pipe.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running cluster.
struct Cluster {
    port: u16,
    /// Held open for as long as the process lives.
    _leash: std::process::ChildStdin,
    _dir: tempfile::TempDir,
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a fresh database, or `None` where there is no PostgreSQL.
///
/// # Panics
/// When there is none though JOBHUB_TEST_POSTGRES says `required`.
pub fn database() -> Option<String> {
    let cluster = CLUSTER.get_or_init(start).as_ref();
    if cluster.is_none() {
        assert!(
            std::env::var("JOBHUB_TEST_POSTGRES").as_deref() != Ok("required"),
            "PostgreSQL is required and could not be started"
        );
        return None;
    }
    let port = cluster?.port;
    let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let made = as_postgres(&program("createdb")?)
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "postgres", &name])
        .output()
        .ok()?;
    assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
    Some(format!("postgres://postgres@127.0.0.1:{port}/{name}"))
}

/// A copy of a database that nobody is connected to.
pub fn copy_of(url: &str) -> String {
    let (server, template) = url.rsplit_once('/').unwrap();
    let port = server.rsplit_once(':').unwrap().1;
    let name = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let made = as_postgres(&program("createdb").unwrap())
        .args(["-h", "127.0.0.1", "-p", port, "-U", "postgres", "-T", template, &name])
        .output()
        .unwrap();
    assert!(made.status.success(), "createdb: {}", String::from_utf8_lossy(&made.stderr));
    format!("{server}/{name}")
}

/// A program of PostgreSQL, on the PATH or where Debian keeps it.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        places.extend(versions.flatten().map(|v| v.path().join("bin")));
    }
    places.into_iter().map(|place| place.join(name)).find(|file| file.is_file())
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0"));
    if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn start() -> Option<Cluster> {
    let (initdb, postgres) = (program("initdb")?, program("postgres")?);
    let dir = tempfile::Builder::new().prefix("jobhub-pg-").tempdir().ok()?;
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(dir.path(), open).ok()?;
    let data = dir.path().join("data");
    let made = as_postgres(&initdb)
        .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "-D"])
        .arg(&data)
        .output()
        .ok()?;
    if !made.status.success() {
        eprintln!("initdb: {}", String::from_utf8_lossy(&made.stderr));
        return None;
    }
    // a port that is free now; PostgreSQL cannot be asked to choose one
    let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let server = as_postgres(&postgres);
    let mut line: Vec<std::ffi::OsString> = vec![server.get_program().to_owned()];
    line.extend(server.get_args().map(ToOwned::to_owned));
    let mut child = Command::new("sh")
        .args(["-c", r#""$@" >/dev/null 2>&1 & pid=$!; cat >/dev/null; kill -INT "$pid"; wait"#, "sh"])
        .args(line)
        .arg("-D")
        .arg(&data)
        .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k", ""])
        .args(["-c", "max_connections=200", "-c", "shared_buffers=128MB"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let leash = child.stdin.take()?;
    let ready = program("pg_isready")?;
    for _ in 0..300 {
        let up = Command::new(&ready).args(["-h", "127.0.0.1", "-p", &port.to_string()]).output().ok()?;
        if up.status.success() {
            return Some(Cluster { port, _leash: leash, _dir: dir });
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let _ = std::io::stderr().write_all(b"postgres did not come up in 15 s\n");
    None
}
