//! Planted numbers, names, telephones, accounts, places and reasons are looked for wherever they must not be: in a dump of the
//! database, in its files, in both logs, in every problem document and in every answer that is kept.

mod afterwards;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::home::Home;
use crate::load::client;
use crate::needle::{Needle, Pairs};
use crate::process::Process;
use crate::world::{Answer, Ask, STREET, person};

/// What is planted.
struct Planted {
    applicant: String,
    member: String,
    stranger: String,
    wrong: String,
    needles: Vec<Needle>,
}

const NAMES: [&str; 4] = ["欧阳朗清甲", "慕容雪漪乙", "司徒远岫丙", "上官云舟丁"];
const PHONE: &str = "13987650123";
const ACCOUNT: &str = "6217998877665544332";
const FUND_ACCOUNT: &str = "1302016609200055678";
const PLACE: &str = "凤栖梧小区十七号楼";
const OTHER_PLACE: &str = "听鹂巷百二十一号";
const NEED: &str = "甲状腺术后化疗之需";
const REASON: &str = "宇文拓涉嫌冒领被查";
const PASSPORT: &str = "EJ7730914";

impl Planted {
    fn new() -> Self {
        let (applicant, member, stranger) = (person(), person(), person());
        // The right number with a wrong check digit.
        let digit = if applicant.ends_with('1') { '2' } else { '1' };
        let wrong = format!("{}{digit}", &applicant[..17]);
        let mut secrets = vec![&applicant[..17], &member[..17], &stranger[..17], PHONE, ACCOUNT, FUND_ACCOUNT];
        secrets.extend([PLACE, OTHER_PLACE, NEED, REASON, PASSPORT]);
        secrets.extend(NAMES);
        let needles = secrets.into_iter().map(Needle::new).collect();
        Self { applicant, member, stranger, wrong, needles }
    }

    fn case(&self) -> Value {
        json!({
            "division": STREET,
            "incident": {"cause": "fire", "place": PLACE, "occurred_at": "2026-11-20T21:40:00+08:00"},
            "applicant": {"id_type": "resident_id", "id_no": self.applicant, "name": NAMES[0], "phone": PHONE},
            "household": [{"id_type": "resident_id", "id_no": self.member, "name": NAMES[1], "relation": "spouse"}],
            "requested_fen": 60_000,
            "need": NEED,
            "payments": [
                {"method": "cash", "amount_fen": 10_000},
                {"method": "bank", "account": ACCOUNT, "account_name": NAMES[2]},
            ]
        })
    }
}

/// Where things must not be, with a name for the report.
#[derive(Default)]
struct Hay(Vec<(String, Vec<u8>)>);

impl Hay {
    fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((name.into(), bytes.into()));
    }

    /// A problem document, or an answer that is kept: neither may hold anything.
    fn answer(&mut self, name: &str, answer: &Answer) {
        let headers: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}\n")).collect();
        self.add(format!("{name} → {}", answer.status), format!("{headers}{}", answer.text));
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// What was found where, how often, and the beginning of one such place.
    fn found(&self, planted: &Planted) -> BTreeMap<String, (usize, String)> {
        let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
        for (name, bytes) in &self.0 {
            let pairs = Pairs::of(bytes);
            for needle in planted.needles.iter().filter(|needle| needle.lies_in_pairs(bytes, &pairs)) {
                let example = || (0, String::from_utf8_lossy(&bytes[..bytes.len().min(900)]).into_owned());
                found.entry(format!("{} in {name}", needle.secret)).or_insert_with(example).0 += 1;
            }
        }
        found
    }
}

/// A client of one server, in every role.
struct Office<'a> {
    home: &'a Home,
    http: reqwest::Client,
    base: String,
}

impl Office<'_> {
    fn ask(&self, role: Role, method: Method, path: &str) -> Ask {
        let street = matches!(role, Role::Clerk | Role::Approver | Role::Cashier);
        let token = self.home.token(role, if street { STREET } else { "3403" });
        Ask::new(&self.http, method, format!("{}{path}", self.base)).by(&token)
    }

    async fn post(&self, role: Role, path: &str, body: &Value) -> Answer {
        self.ask(role, Method::POST, path).json(body).once().send().await
    }

    async fn get(&self, role: Role, path: &str) -> Answer {
        self.ask(role, Method::GET, path).send().await
    }
}

/// Every route of funds and cases as it is meant to be used. What is kept of it goes to the hay. Returns the case that was paid.
async fn work(office: &Office<'_>, planted: &Planted, hay: &mut Hay) -> String {
    let mut kept = async |name: &str, asked: Answer, status: u16| {
        assert_eq!(asked.status, status, "{name}: {}", asked.text);
        hay.answer(name, &asked);
        asked
    };
    let account = json!({"bank": "工商银行", "number": FUND_ACCOUNT, "name": NAMES[3]});
    let fund = json!({"division": STREET, "kind": "street_reserve", "name": "备用金", "target_fen": 2_000_000});
    let opened = kept("open", office.post(Role::Finance, "/v1/funds", &fund).await, 201).await;
    let fund = format!("/v1/funds/{}", opened.text_at("/id"));
    let topup = json!({"amount_fen": 1_000_000, "reference": "T-1"});
    kept("top-up", office.post(Role::Finance, &format!("{fund}/topups"), &topup).await, 201).await;
    kept("withdrawal", office.post(Role::Finance, &format!("{fund}/withdrawals"), &json!({"amount_fen": 1000})).await, 201).await;
    let change = office.ask(Role::Finance, Method::PATCH, &fund).json(&json!({"account": account})).header("if-match", "\"1\"");
    office.home.countersign(change).send().await.expect(200);
    for verb in ["freeze", "unfreeze"] {
        let answer = office.post(Role::Finance, &format!("{fund}/{verb}"), &json!({"reason": REASON})).await;
        kept(verb, answer, 200).await;
    }

    let case = planted.case();
    let paid = kept("fast-track", office.post(Role::Clerk, "/v1/fast-track", &case).await, 201).await;
    let refused = office.post(Role::Clerk, "/v1/fast-track", &case).await.refused(409, "SAME_CAUSE");
    kept("refusal", refused, 409).await;
    let countersigned = office.ask(Role::Clerk, Method::POST, "/v1/fast-track").json(&case).once();
    kept("countersigned", office.home.countersign(countersigned).send().await, 409).await;
    office.post(Role::Clerk, "/v1/decisions/preview", &case).await.expect(200);
    let report = json!({"cause": "accident", "place": OTHER_PLACE, "occurred_at": "2026-11-20T21:40:00+08:00"});
    let reported = office.post(Role::Clerk, "/v1/incidents", &report).await.expect(201);
    let incident = format!("/v1/incidents/{}", reported.text_at("/id"));
    office.get(Role::Clerk, &incident).await.expect(200);
    let change = office.ask(Role::Clerk, Method::PATCH, &incident).json(&json!({"place": PLACE})).header("if-match", "\"1\"");
    change.send().await.expect(200);

    let search = json!({"id_type": "resident_id", "id_no": planted.applicant});
    let found = office.post(Role::Clerk, "/v1/cases/search", &search).await.expect(200);
    assert!(found.text.contains(&paid.text_at("/case/id")), "{}", found.text);
    let path = format!("/v1/cases/{}", paid.text_at("/case/id"));
    let shown = office.get(Role::Clerk, &path).await.expect(200);
    assert!(shown.text.contains(NAMES[0]), "what is sealed can be opened by who needs it: {}", shown.text);
    for role in [Role::Clerk, Role::Auditor, Role::Finance] {
        office.get(role, &path).await.expect(200);
        office.get(role, "/v1/cases").await.expect(200);
        office.get(role, "/v1/funds").await.expect(200);
        office.get(role, &fund).await.expect(200);
    }
    for kind in ["application/json", "text/csv"] {
        let ask = office.ask(Role::Finance, Method::GET, &format!("{fund}/entries?from=2026-01-01&to=2026-12-31"));
        let entries = ask.header("accept", kind).send().await;
        assert!(entries.status < 500, "{}", entries.text);
        hay.answer("entries", &entries);
    }
    paid.text_at("/case/id")
}

/// Every route of the interface with planted values where they do not belong: paths, queries, headers, keys, bodies.
async fn misuse(office: &Office<'_>, roles: &[Role], planted: &Planted, hay: &mut Hay) -> usize {
    let document = Ask::new(&office.http, Method::GET, format!("{}/openapi.json", office.base)).send().await.expect(200);
    let paths = document.body["paths"].as_object().unwrap().clone();
    let bodies = wrong_bodies(planted);
    let percent: String = NAMES[0].bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut asked = 0;
    for (pattern, methods) in &paths {
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            for secret in [&planted.applicant, &percent] {
                let path: String = pattern
                    .split('/')
                    .map(|part| if part.starts_with('{') { secret.as_str() } else { part })
                    .collect::<Vec<_>>()
                    .join("/");
                let query = format!("{path}?{secret}={secret}&officer={secret}&division={secret}&cursor={secret}");
                for role in roles {
                    let plain = office.ask(*role, method.clone(), &path);
                    let with = |name, value: &str| plain.clone().header(name, value).json(&planted.case());
                    let mut asks = vec![
                        office.ask(*role, method.clone(), &query),
                        with("idempotency-key", &planted.applicant),
                        with("countersign", &planted.applicant).once(),
                        with("if-match", &planted.applicant).once(),
                        with("accept", &format!("{0}/{0}", planted.applicant)).once(),
                        with("content-type", &planted.applicant).once(),
                        with("x-person", &planted.applicant).once(),
                        with("user-agent", &planted.applicant).once(),
                        with("tracestate", &format!("person={}", planted.applicant)).once(),
                        with("authorization", &format!("Bearer {}", planted.applicant)),
                    ];
                    if method != Method::GET {
                        asks.extend(bodies.iter().map(|body| {
                            let ask = plain.clone().header("content-type", "application/json").header("if-match", "\"1\"").once();
                            ask.bytes(body.clone())
                        }));
                    }
                    for ask in asks {
                        let Ok(answer) = ask.try_send().await else { continue };
                        asked += 1;
                        assert!(answer.status < 500, "{method} {path}: {}", answer.text);
                        if answer.status >= 400 {
                            hay.answer(&format!("{method} {pattern}"), &answer);
                        }
                    }
                }
            }
        }
    }
    for (path, token) in [
        (format!("/{}", planted.applicant), "none"),
        (format!("/v1/{percent}"), "none"),
        (format!("/v1/persons/{}/cases?name={percent}", planted.applicant), planted.applicant.as_str()),
        (format!("/docs/{}", planted.applicant), "none"),
    ] {
        for method in [Method::GET, Method::POST, Method::from_bytes(b"PERSON").unwrap()] {
            let ask =
                Ask::new(&office.http, method, format!("{}{path}", office.base)).by(token).header("referer", percent.clone());
            hay.answer("a path of nobody", &ask.send().await);
            asked += 1;
        }
    }
    asked
}

/// Bodies that are wrong, each with planted values where the error is.
fn wrong_bodies(planted: &Planted) -> Vec<Vec<u8>> {
    let number = &planted.applicant;
    let name = NAMES[0];
    let changed = |pointer: &str, value: Value| {
        let mut body = planted.case();
        *body.pointer_mut(pointer).unwrap() = value;
        body.to_string().into_bytes()
    };
    let mut unknown = planted.case();
    unknown[number] = name.into();
    let mut deep = planted.case();
    deep["applicant"][name] = number.as_str().into();
    vec![
        number.clone().into_bytes(),
        name.into(),
        format!("{{\"{number}\": \"{name}\"").into_bytes(),
        format!("{{\"{number}\": 1, \"{number}\": 2}}").into_bytes(),
        format!("{{\"reason\": \"{REASON}\", \"{name}\": \"{number}\"}}").into_bytes(),
        format!("[\"{number}\", \"{name}\"]").into_bytes(),
        [b"{\"name\": \"\xff".as_slice(), number.as_bytes(), b"\"}"].concat(),
        unknown.to_string().into_bytes(),
        deep.to_string().into_bytes(),
        changed("/applicant/id_no", planted.wrong.as_str().into()),
        changed("/applicant/id_no", json!({number.as_str(): name})),
        changed("/applicant/id_type", number.as_str().into()),
        changed("/applicant/id_type", "foreign_permanent".into()),
        changed("/applicant/name", format!("{name}\u{7}{number}").into()),
        changed("/applicant/phone", format!("{PHONE}9").into()),
        changed("/applicant/phone", format!("电话{PHONE}").into()),
        changed("/division", number.as_str().into()),
        changed("/requested_fen", number.as_str().into()),
        changed("/requested_fen", format!("{name}元").into()),
        changed("/incident/cause", name.into()),
        changed("/incident/occurred_at", number.as_str().into()),
        changed("/incident", json!({"id": number})),
        changed("/household/0/id_no", planted.applicant.as_str().into()),
        changed("/household/0/relation", format!("{name}{}", "的".repeat(40)).into()),
        changed("/payments/0/method", number.as_str().into()),
        changed("/payments/1/account", format!("{ACCOUNT}#{number}").into()),
        changed("/payments/1/account_name", json!([name])),
        json!({"id_type": PASSPORT, "id_no": planted.stranger, "code": name, "number": number}).to_string().into(),
        json!({"id_type": "resident_id", "id_no": planted.wrong}).to_string().into(),
        json!({"id_type": "hkmt_residence", "id_no": PASSPORT, "limit": number}).to_string().into(),
        json!({"amount_fen": 1, "value_date": number, "source": name}).to_string().into(),
        json!({"account": {"bank": "银行", "number": format!("{FUND_ACCOUNT}!"), "name": NAMES[3]}}).to_string().into(),
        json!({"cause": "fire", "place": PLACE, "occurred_at": "2026-11-20T21:40:00+08:00", "ended_on": PLACE})
            .to_string()
            .into(),
    ]
    .into_iter()
    .filter(|body: &Vec<u8>| !body.is_empty())
    .collect()
}

/// A program of PostgreSQL, of the newest version installed.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").unwrap().flatten().map(|entry| entry.path());
    let newest = versions.max_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    newest.unwrap().join("bin").join(name)
}

fn files(below: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(below).unwrap().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), found),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
}

async fn search_everywhere(log: &[&str], roles: &[Role]) {
    let (home, planted, mut hay) = (Home::new("privacy"), Planted::new(), Hay::default());
    let server = Process::dev(&home, &[&["--seed", "none"], log].concat()).await;
    let office = Office { home: &home, http: client(), base: format!("http://{}", server.address) };
    let paid = work(&office, &planted, &mut hay).await;
    afterwards::work(&office, &planted, &paid, &mut hay).await;
    let asked = misuse(&office, roles, &planted, &mut hay).await;
    let answers = hay.0.len();

    let cluster = home.cluster().await;
    let dump = Command::new(program("pg_dump"))
        .args(["-U", cluster.superuser(), "-p", &cluster.port().to_string(), "-h"])
        .args([cluster.socket_dir(), Path::new("jiujinan")])
        .output()
        .unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    // What is not secret is there, as text and inside of bytes: the search would find what it looks for.
    for there in ["备用金", "JJN-340303001-"] {
        assert!(Needle::new(there).lies_in(&dump.stdout), "{there} is not in the dump");
    }
    hay.add("the dump", dump.stdout);
    home.client().await.batch_execute("checkpoint").await.unwrap();
    let server_log = server.log.clone();
    server.stop().await;
    let server_log = server_log.all().await;
    assert!(server_log.contains("answered"), "{server_log}");
    hay.add("the server's log", server_log);
    let postgres_log = fs::read(cluster.log_file()).unwrap();
    assert!(!postgres_log.is_empty());
    hay.add("PostgreSQL's log", postgres_log);
    let mut paths = Vec::new();
    files(home.path(), &mut paths);
    files(cluster.cluster_dir(), &mut paths);
    let count = paths.len();
    for path in paths {
        hay.add(path.display().to_string(), fs::read(&path).unwrap());
    }

    let found = hay.found(&planted);
    println!(
        "{} secrets in {} spellings, {asked} misuses: {} found in {answers} answers, dump, logs and {count} files, {} MB",
        planted.needles.len(),
        planted.needles[0].spellings.len(),
        found.len(),
        hay.bytes() / 1_000_000
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_found_in_dump_logs_problems_or_kept_answers() {
    search_everywhere(&[], &[Role::Finance]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_is_found_when_everything_is_logged() {
    search_everywhere(&["--log", "debug"], &[Role::Clerk, Role::Finance, Role::Auditor]).await;
}
