//! The rules of a private cluster, against real PostgreSQL.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, User, geteuid};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::db::embedded::postmaster::Postmaster;
use crate::db::embedded::{Cluster, EmbeddedError, Fsync, Options};

/// Tells the test binary to be a starter for this directory, see [`starter`].
const STARTER: &str = "JIUJINAN_TEST_STARTER";

/// A directory for one test; whatever runs on it ends with the test, even when that fails.
struct Ground {
    root: TempDir,
    dir: PathBuf,
}

impl Ground {
    fn new() -> Self {
        Self::below("")
    }

    /// The data directory lies below the temporary one, which is closed to others.
    fn below(path: &str) -> Self {
        let root = tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap();
        let dir = if path.is_empty() { root.path().to_path_buf() } else { root.path().join(path) };
        Self { root, dir }
    }

    async fn start(&self) -> Cluster {
        Cluster::start(&self.dir, &options(&[])).await.unwrap()
    }

    fn recorded(&self, name: &str) -> Option<PathBuf> {
        Some(fs::read_to_string(self.dir.join(name)).ok()?.trim().into())
    }

    fn unfinished(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.to_str().unwrap().contains("postgres.new-")).collect()
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let place = self.recorded("cluster.path");
        let home = place.clone().unwrap_or_else(|| self.dir.clone());
        if let Some(server) = Postmaster::of(&home.join("postgres")) {
            kill(Pid::from_raw(server.pid()), Signal::SIGQUIT).unwrap();
            eventually("the server ends", || !server.lives());
        }
        for left in [place, self.recorded("socket.path")].into_iter().flatten() {
            let _ = fs::remove_dir_all(left);
        }
    }
}

/// Another process of ours; it and its group end with the test, even when that fails.
struct Group(Child);

impl Group {
    fn spawn(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).process_group(0).spawn().unwrap())
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.0.id() as i32)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = killpg(self.pid(), Signal::SIGKILL);
        let _ = self.0.wait();
    }
}

fn options(settings: &[(&str, &str)]) -> Options {
    let small = [("shared_buffers", "16MB")].iter().chain(settings);
    Options { fsync: Fsync::Off, settings: small.map(|(name, value)| (name.to_string(), value.to_string())).collect() }
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

async fn connect(cluster: &Cluster) -> Client {
    let (client, connection) = tokio_postgres::connect(&cluster.url("postgres"), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn show(cluster: &Cluster, setting: &str) -> String {
    connect(cluster).await.query_one("select current_setting($1)", &[&setting]).await.unwrap().get(0)
}

fn postmaster(cluster: &Cluster) -> Postmaster {
    Postmaster::of(cluster.cluster_dir()).unwrap()
}

/// Starts the cluster of `dir` in another process, which then stays.
fn starter_of(dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "db::embedded::tests::starter", "--nocapture"]).env(STARTER, dir);
    command
}

/// No test of its own: what [`starter_of`] runs.
#[tokio::test]
async fn starter() {
    let Some(dir) = std::env::var_os(STARTER).map(PathBuf::from) else { return };
    let cluster = Cluster::start(&dir, &options(&[])).await.unwrap();
    let answer = connect(&cluster).await.query_one("select 1 + 1", &[]).await.unwrap().get::<_, i32>(0);
    fs::write(dir.join("ready"), answer.to_string()).unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_new_cluster_answers_and_a_second_start_finds_its_data() {
    let ground = Ground::new();
    let cluster = ground.start().await;
    assert!(!cluster.adopted());
    connect(&cluster).await.batch_execute("create table kept as select 42 as number").await.unwrap();
    for (setting, value) in
        [("data_checksums", "on"), ("server_encoding", "UTF8"), ("lc_collate", "C"), ("wal_compression", "lz4")]
    {
        assert_eq!(show(&cluster, setting).await, value, "{setting}");
    }
    assert_eq!(fs::metadata(cluster.socket_dir()).unwrap().mode() & 0o777, 0o700);
    cluster.stop().await.unwrap();
    cluster.stop().await.unwrap();
    assert!(Postmaster::of(cluster.cluster_dir()).is_none());

    let again = ground.start().await;
    assert!(!again.adopted());
    let row = connect(&again).await.query_one("select number from kept", &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 42);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_is_adopted_after_the_group_of_its_starter_was_killed() {
    let ground = Ground::new();
    let other = Group::spawn(&mut starter_of(&ground.dir));
    eventually("the starter is ready", || ground.dir.join("ready").exists());
    drop(other);

    let server = Postmaster::of(&ground.dir.canonicalize().unwrap().join("postgres")).unwrap();
    let cluster = ground.start().await;
    assert!(cluster.adopted());
    assert_eq!(postmaster(&cluster).pid(), server.pid());
    connect(&cluster).await.simple_query("select 1").await.unwrap();
    cluster.stop().await.unwrap();
    assert!(!server.lives());
}

#[tokio::test]
async fn a_starter_killed_during_initdb_leaves_nothing_that_is_trusted() {
    let ground = Ground::new();
    let other = Group::spawn(&mut starter_of(&ground.dir));
    eventually("initdb is at work", || ground.unfinished().iter().any(|path| path.join("PG_VERSION").exists()));
    kill(other.pid(), Signal::SIGKILL).unwrap();
    assert!(!ground.dir.join("postgres").exists());

    let cluster = ground.start().await;
    connect(&cluster).await.simple_query("select 1").await.unwrap();
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_recovers_after_the_server_was_killed() {
    let ground = Ground::new();
    let cluster = ground.start().await;
    let client = connect(&cluster).await;
    client.batch_execute("create table kept as select 42 as number").await.unwrap();
    // A busy session notices the death of its server late, and until then nobody else may have the cluster.
    let busy = "do $$ declare finish timestamptz := clock_timestamp() + interval '2 s'; \
                begin while clock_timestamp() < finish loop null; end loop; end $$";
    let session = connect(&cluster).await;
    tokio::spawn(async move { session.batch_execute(busy).await });
    let running = "select count(*) from pg_stat_activity where state = 'active' and query like 'do %'";
    while client.query_one(running, &[]).await.unwrap().get::<_, i64>(0) == 0 {}
    kill(Pid::from_raw(postmaster(&cluster).pid()), Signal::SIGKILL).unwrap();

    let again = ground.start().await;
    assert!(!again.adopted());
    let row = connect(&again).await.query_one("select number from kept", &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 42);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_lock_file_that_names_another_process_of_the_same_user_does_not_prevent_a_start() {
    let ground = Ground::new();
    let cluster = ground.start().await;
    cluster.stop().await.unwrap();
    let owner = fs::metadata(cluster.cluster_dir()).unwrap();
    let mut stranger = Group::spawn(Command::new("sleep").arg("300").uid(owner.uid()).current_dir("/"));
    let stale = format!("{}\n{}\n1700000000\n5432\n\n\n  1 1\n", stranger.pid(), cluster.cluster_dir().display());
    fs::write(cluster.cluster_dir().join("postmaster.pid"), stale).unwrap();

    let again = ground.start().await;
    assert!(!again.adopted());
    again.stop().await.unwrap();
    assert!(stranger.0.try_wait().unwrap().is_none(), "the stranger is left alone");
}

#[tokio::test]
async fn a_cluster_behind_a_closed_directory_lies_elsewhere_and_is_found_again() {
    if !geteuid().is_root() {
        println!("skipped: only root runs the server as somebody else");
        return;
    }
    let ground = Ground::below("data");
    let cluster = ground.start().await;
    let place = ground.recorded("cluster.path").unwrap();
    assert!(place.starts_with("/var/tmp") && cluster.cluster_dir().starts_with(&place));
    assert!(!ground.dir.join("postgres").exists());
    assert_eq!(fs::metadata(ground.root.path()).unwrap().mode() & 0o777, 0o700, "the closed directory is left alone");
    connect(&cluster).await.batch_execute("create table kept ()").await.unwrap();
    assert!(ground.start().await.adopted());
    cluster.stop().await.unwrap();

    let again = ground.start().await;
    assert_eq!(again.cluster_dir(), cluster.cluster_dir());
    connect(&again).await.batch_execute("select from kept").await.unwrap();
    again.stop().await.unwrap();

    fs::remove_dir_all(&place).unwrap();
    let refusal = Cluster::start(&ground.dir, &options(&[])).await.unwrap_err();
    assert!(matches!(refusal, EmbeddedError::Gone { .. }), "a lost cluster is not replaced in silence: {refusal}");
}

#[tokio::test]
async fn a_cluster_that_came_out_of_reach_is_named_and_not_replaced() {
    if !geteuid().is_root() {
        println!("skipped: only root runs the server as somebody else");
        return;
    }
    let ground = Ground::below("data");
    fs::create_dir_all(ground.dir.join("postgres")).unwrap();
    let refusal = Cluster::start(&ground.dir, &options(&[])).await.unwrap_err();
    assert!(matches!(refusal, EmbeddedError::OutOfReach { .. }), "{refusal}");
    assert!(ground.recorded("cluster.path").is_none());
}

#[tokio::test]
async fn a_deep_directory_gets_a_short_socket_and_a_new_one_when_that_is_lost() {
    let ground = Ground::below(&"deep/".repeat(20));
    fs::create_dir_all(&ground.dir).unwrap();
    fs::set_permissions(ground.root.path(), Permissions::from_mode(0o711)).unwrap();
    let cluster = ground.start().await;
    let short = cluster.socket_dir().to_path_buf();
    assert!(short.starts_with("/tmp") && short.as_os_str().len() < 30);
    assert_eq!(ground.recorded("socket.path"), Some(short.clone()));
    assert_eq!(fs::metadata(&short).unwrap().mode() & 0o777, 0o700);
    assert!(cluster.cluster_dir().starts_with(ground.dir.canonicalize().unwrap()));
    assert_eq!(ground.start().await.socket_dir(), short);
    cluster.stop().await.unwrap();

    fs::remove_dir_all(&short).unwrap();
    let again = ground.start().await;
    assert_ne!(again.socket_dir(), short);
    again.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_whose_socket_is_gone_is_replaced() {
    let ground = Ground::new();
    let lost = postmaster(&ground.start().await);
    fs::remove_dir_all(ground.dir.join("run")).unwrap();
    let cluster = ground.start().await;
    assert!(!cluster.adopted() && !lost.lives());
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn starts_at_once_agree_on_one_server() {
    let ground = Ground::new();
    let other = Group::spawn(&mut starter_of(&ground.dir));
    let (one, two) = tokio::join!(ground.start(), ground.start());
    eventually("the third starter is ready", || ground.dir.join("ready").exists());
    assert!(one.adopted() || two.adopted());
    assert_eq!(postmaster(&one).pid(), postmaster(&two).pid());
    assert_eq!(ground.unfinished(), [] as [PathBuf; 0]);
    drop(other);
    one.stop().await.unwrap();
}

#[tokio::test]
async fn nothing_listens_on_tcp() {
    let ground = Ground::new();
    let cluster = ground.start().await;
    let files = fs::read_dir(format!("/proc/{}/fd", postmaster(&cluster).pid())).unwrap();
    let targets: Vec<String> =
        files.flatten().flat_map(|file| fs::read_link(file.path())).map(|path| path.to_string_lossy().into()).collect();
    assert!(targets.iter().any(|target| target.starts_with("socket:")), "it has at least its own socket: {targets:?}");
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in fs::read_to_string(table).unwrap_or_default().lines().skip(1) {
            let inode = line.split_whitespace().nth(9).unwrap();
            assert!(!targets.contains(&format!("socket:[{inode}]")), "{table}: {line}");
        }
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn no_statement_parameter_or_key_value_reaches_the_log() {
    let ground = Ground::new();
    let cluster =
        Cluster::start(&ground.dir, &options(&[("log_statement", "all"), ("log_min_duration_statement", "0")])).await.unwrap();
    let (number, client) = ("11010519491231002X", connect(&cluster).await);
    client
        .batch_execute(&format!("create table person (number text unique); insert into person values ('{number}')"))
        .await
        .unwrap();
    client.execute("insert into person values ($1)", &[&number]).await.unwrap_err();
    client.batch_execute(&format!("insert into person values ('{number}')")).await.unwrap_err();
    client.query("select 1 / (length($1) - 18)", &[&number]).await.unwrap_err();
    cluster.stop().await.unwrap();
    let log = fs::read_to_string(cluster.log_file()).unwrap();
    assert!(log.contains("duplicate key value") && log.contains("division by zero"), "errors are logged: {log}");
    assert!(!log.contains(number), "{log}");
}

#[tokio::test]
async fn a_server_that_ends_at_once_is_quoted() {
    let ground = Ground::new();
    let refusal = Cluster::start(&ground.dir, &options(&[("max_connections", "many")])).await.unwrap_err();
    assert!(matches!(refusal, EmbeddedError::Ended { .. }) && refusal.to_string().contains("max_connections"), "{refusal}");
}

#[tokio::test]
async fn an_ordinary_user_runs_the_server_itself() {
    let Some(user) = User::from_name("postgres").unwrap().filter(|_| geteuid().is_root()) else {
        println!("skipped: only root can become an ordinary user");
        return;
    };
    let ground = Ground::new();
    let dir = &ground.dir;
    std::os::unix::fs::chown(dir, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    let other = Group::spawn(starter_of(dir).uid(user.uid.as_raw()).gid(user.gid.as_raw()).current_dir("/"));
    eventually("the starter is ready", || dir.join("ready").exists());
    drop(other);
    assert_eq!(fs::metadata(dir).unwrap().mode() & 0o777, 0o700, "its own directory stays as it is");
    assert_eq!(fs::metadata(dir.join("postgres.log")).unwrap().uid(), user.uid.as_raw());
}
