//! A hospital's programmer: runs `deploy/integrator/hospital.py` against `jiujinan dev` as README.md beside it says, also over a line
//! that loses answers.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::time::timeout;

use crate::home::{Home, PATIENCE};
use crate::process::{Process, run};

/// A token as its reader would make it.
async fn token(home: &Home, role: &str) -> String {
    let dir = home.path().to_str().unwrap();
    let who = ["--role", role, "--hospital", "11341729003258285D", "--division", "340304", "--sub", "billing-1"];
    let (code, token, complaint) = run(&[&["token", "--data-dir", dir], &who[..]].concat()).await;
    assert_eq!(code, 0, "{complaint}");
    token.trim().to_owned()
}

/// Exit code and transcript of the script.
async fn play(address: SocketAddr, token: &str) -> (i32, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/integrator/hospital.py");
    let mut python = Command::new("python3");
    python.arg("-B").arg(script).arg(format!("http://{address}")).env("HOSPITAL_TOKEN", token).env("PYTHONUTF8", "1");
    let played = timeout(PATIENCE, python.stdin(Stdio::null()).kill_on_drop(true).output()).await.expect("it ends").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (played.status.code().unwrap(), text(played.stdout) + &text(played.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_of_a_hospital_plays_a_whole_stay_twice() {
    let home = Home::new("integrator");
    let server = Process::dev(&home, &[]).await;
    let token = token(&home, "hospital").await;
    for _ in 0..2 {
        let (code, said) = play(server.address, &token).await;
        assert_eq!(code, 0, "{said}");
        for word in
            ["WAIVED", "hospital_discount 186000", "fenced", "409 REVERSED", "422 KEY_REUSED", "totals", "all as expected"]
        {
            assert!(said.contains(word), "{word} is not in: {said}");
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_is_refused_says_so_and_fails() {
    let home = Home::new("integrator-refused");
    let server = Process::dev(&home, &[]).await;
    let (code, said) = play(server.address, &token(&home, "clerk").await).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("WRONG: 403 FORBIDDEN"), "{said}");
    server.stop().await;
}

/// A request as it went over the line, and when.
struct Sent {
    at: Instant,
    line: String,
    key: Option<String>,
    body: Vec<u8>,
}

/// What the line does with a request.
enum Fate {
    /// Takes it over, and the answer back.
    Carried,
    /// Takes it over, and loses the answer.
    Lost,
    /// Takes it over, and brings half of the answer.
    Cut,
    /// Answers by itself that nobody has time.
    Busy,
}

/// A line to the server that loses the first promise, cuts the first settlement, and is busy at its second attempt.
async fn line(server: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<Sent>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, sent) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<Sent>>>::default());
    let kept = Arc::clone(&sent);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            carry(stream, server, &kept).await;
        }
    });
    (address, sent)
}

async fn carry(mut client: TcpStream, server: SocketAddr, sent: &Mutex<Vec<Sent>>) {
    let Some((head, body)) = read(&mut client).await else { return };
    let line = head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let key = head.lines().find_map(|line| line.strip_prefix("Idempotency-Key: ")).map(str::to_owned);
    let times = sent.lock().unwrap().iter().filter(|sent| sent.line == line).count();
    sent.lock().unwrap().push(Sent { at: Instant::now(), line: line.clone(), key, body: body.clone() });
    let fate = match (line.as_str(), times) {
        ("POST /v1/waivers", 0) => Fate::Lost,
        ("POST /v1/settlements", 0) => Fate::Cut,
        ("POST /v1/settlements", 1) => Fate::Busy,
        _ => Fate::Carried,
    };
    let mut answer = Vec::new();
    if matches!(fate, Fate::Busy) {
        let problem = r#"{"code":"OVERLOADED","detail":"busy","retryable":true}"#;
        let head =
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 3\r\nconnection: close";
        answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{problem}", problem.len()).into_bytes();
    } else {
        let mut stream = TcpStream::connect(server).await.unwrap();
        stream.write_all(&[head.as_bytes(), b"\r\n\r\n", &body].concat()).await.unwrap();
        stream.read_to_end(&mut answer).await.unwrap();
    }
    let most = match fate {
        Fate::Carried | Fate::Busy => answer.len(),
        Fate::Cut => answer.len() - 40,
        Fate::Lost => 0,
    };
    let _ = client.write_all(&answer[..most]).await;
}

async fn read(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if client.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).map_or(0, |text| text.parse().unwrap());
        if bytes.len() >= end + 4 + length {
            return Some((head, bytes.split_off(end + 4)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_lost_are_asked_for_with_the_same_key_and_waits_are_kept_to() {
    let home = Home::new("integrator-lost");
    let server = Process::dev(&home, &[]).await;
    let (address, sent) = line(server.address).await;
    let (code, said) = play(address, &token(&home, "hospital").await).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("1 settlements") && said.contains("then 0 settlements"), "settled once: {said}");
    assert_eq!(said.matches("the same request again").count(), 3, "{said}");
    server.stop().await;
    let sent = sent.lock().unwrap();
    let of = |line: &str| sent.iter().filter(|sent| sent.line == line).collect::<Vec<_>>();
    let (promised, settled) = (of("POST /v1/waivers"), of("POST /v1/settlements"));
    for (first, again) in [(promised[0], promised[1]), (settled[0], settled[1]), (settled[1], settled[2])] {
        assert!(first.key.is_some());
        assert_eq!((&first.key, &first.body), (&again.key, &again.body), "{}", first.line);
    }
    let waited = settled[2].at - settled[1].at;
    assert!(waited >= Duration::from_secs(3), "Retry-After is 3 s, and it waited {waited:?}");
}
