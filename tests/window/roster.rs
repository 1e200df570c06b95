//! The roster: whole or by changes, all or nothing, and known to every server at once.

use std::time::{Duration, Instant};

use jiujinan::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::world::{Answer, Ask, Server, World, person, until};

const HEAD: &str = "id_type,id_no,name,category,household,valid_from,valid_to\n";

fn admin(world: &World) -> String {
    world.token(&[Role::Admin], "3403", "admin-1")
}

/// A line of somebody's.
fn line(id_no: &str, name: &str) -> String {
    format!("resident_id,{id_no},{name},dibao,户一,2026-01-01,\n")
}

fn import(world: &World, mode: &str, file: impl Into<Vec<u8>>) -> Ask {
    let ask = world.ask(Method::POST, &format!("/v1/roster/imports?mode={mode}")).by(&admin(world));
    ask.bytes(file.into()).header("content-type", "text/csv; charset=utf-8").once()
}

/// Version, rows, entered, left.
fn counts(answer: &Answer) -> [i64; 4] {
    ["/version", "/rows", "/entered", "/left"].map(|pointer| answer.fen(pointer))
}

async fn imported(ask: Ask) -> [i64; 4] {
    counts(&ask.send().await.expect(201))
}

/// The rows of the roster in the order of their history: from and until which version, category, last day.
async fn history(world: &World) -> String {
    let sql =
        "select string_agg(concat_ws(' ', from_version, coalesce(until_version::text, '-'), category, valid_to, left_on), '; '
        order by from_version, until_version nulls last, category, valid_to, left_on) from roster_member";
    world.sql_text(sql).await
}

/// Versions, rows, answers, and leaves of imports.
async fn left_behind(world: &World) -> [i64; 4] {
    let counts = world.counts().await;
    let leaves = "select count(*)::text from leaf where convert_from(bytes, 'UTF8') like '%\"kind\":\"roster.imported\"%'";
    let [versions, rows, answers] = ["roster_version", "roster_member", "answer"].map(|table| counts[table]);
    [versions, rows, answers, world.sql_text(leaves).await.parse().unwrap()]
}

async fn knows(world: &World, server: &Server, version: i64, people: i64) {
    let known = async || {
        world.figure(server, "jiujinan_roster_version{city=\"3403\"}").await == Some(version)
            && world.figure(server, "jiujinan_roster_people{city=\"3403\"}").await == Some(people)
    };
    until("the server knows the roster", known).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_roster_puts_out_who_is_not_in_it() {
    let world = World::new().await;
    let [one, two, three] = [person(), person(), person()];
    let first = format!("{HEAD}{}{}", line(&one, "张三"), line(&two, "李四"));
    assert_eq!(imported(import(&world, "full", first.clone())).await, [1, 2, 2, 0]);
    assert_eq!(imported(import(&world, "full", format!("{}{}", line(&two, "李四"), line(&three, "王五")))).await, [2, 2, 1, 1]);
    // The same file again is a version of its own in which nothing happens.
    assert_eq!(imported(import(&world, "full", format!("{}{}", line(&two, "李四"), line(&three, "王五")))).await, [3, 2, 0, 0]);
    assert_eq!(history(&world).await, "1 2 dibao; 1 - dibao; 2 - dibao");
    // Who comes back enters again.
    assert_eq!(imported(import(&world, "full", first)).await, [4, 2, 1, 1]);

    let listed = world.get("/v1/roster/versions?limit=3", &admin(&world)).await.expect(200);
    let versions: Vec<i64> = (0..3).map(|at| listed.fen(&format!("/items/{at}/version"))).collect();
    assert_eq!((versions, listed.text_at("/items/0/mode")), (vec![4, 3, 2], "full".into()));
    assert_eq!((listed.fen("/items/2/entered"), listed.fen("/items/2/left")), (1, 1));
    let next = format!("/v1/roster/versions?cursor={}", listed.text_at("/next_cursor"));
    let last = world.get(&next, &admin(&world)).await.expect(200);
    assert_eq!((last.fen("/items/0/version"), last.at("/items/1"), last.at("/next_cursor")), (1, json!(null), json!(null)));
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_enter_alter_and_put_out() {
    let world = World::new().await;
    let [one, two, three, stranger] = [person(), person(), person(), person()];
    let first = format!("{}{}{}", line(&one, "张三"), line(&two, "李四"), line(&three, "王五"));
    imported(import(&world, "full", first)).await;
    let changes = format!(
        "resident_id,{one},张三,low_income,户一,2026-01-01,2999-12-31\nresident_id,{two},李四,dibao,户一,2026-01-01,2026-11-01\n\
         resident_id,{stranger},赵六,tekun,,2026-01-01,2026-10-31\nresident_id,{},钱七,tekun,,2026-01-01,\n",
        person()
    );
    // One is altered, one leaves, one leaves who was never there, one enters.
    assert_eq!(imported(import(&world, "delta", changes)).await, [2, 4, 1, 1]);
    let expected = "1 2 dibao 2026-11-01; 1 2 dibao; 1 - dibao; 2 - tekun; 2 - low_income 2999-12-31";
    let mut found: Vec<String> = history(&world).await.split("; ").map(str::to_owned).collect();
    let mut expected: Vec<String> = expected.split("; ").map(str::to_owned).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    knows(&world, &world.server, 2, 3).await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_a_file_tells_of_the_same_people() {
    let world = World::new().await;
    let id = person();
    let file = line(&id, "买买提·艾力");
    assert_eq!(imported(import(&world, "full", file.clone())).await, [1, 1, 1, 0]);
    let (gb, _, _) = encoding_rs::GB18030.encode(&file);
    let bytes = |body: &[u8], kind: &str| {
        let ask = world.ask(Method::POST, "/v1/roster/imports?mode=full").by(&admin(&world)).bytes(body.to_vec());
        ask.header("content-type", kind).once()
    };
    assert_eq!(imported(bytes(&gb, "text/csv; charset=gb18030")).await, [2, 1, 0, 0]);
    let object = json!({
        "id_type": "resident_id", "id_no": id.to_lowercase(), "name": "买买提・艾力", "category": "dibao", "household": "户一",
        "valid_from": "2026-01-01", "valid_to": null
    });
    assert_eq!(imported(bytes(format!("{object}\n").as_bytes(), "application/x-ndjson")).await, [3, 1, 0, 0]);
    assert_eq!(world.count("roster_member").await, 1);
    for kind in ["application/json", "text/plain", "text/csv; charset=latin1", "application/x-ndjson; charset=gb18030"] {
        bytes(file.as_bytes(), kind).send().await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    bytes(&gb, "text/csv").send().await.refused(400, "VALIDATION");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_line_lets_nobody_in_and_every_wrong_line_is_named() {
    let world = World::new().await;
    let twice = person();
    let good = line(&twice, "张三");
    let wrong =
        format!("{HEAD}{good}resident_id,{},李四,poor,,2026-01-01,\nresident_id,1,王五,dibao,,2026-01-01,\nx\n", person());
    let refused = import(&world, "full", wrong).send().await.refused(400, "VALIDATION");
    let pointers: Vec<String> = (0..3).map(|at| refused.text_at(&format!("/errors/{at}/pointer"))).collect();
    assert_eq!(pointers, ["/lines/3/category", "/lines/4/id_no", "/lines/5"]);
    assert!(!refused.text.contains("王五") && !refused.text.contains("poor"));

    let doubled = import(&world, "full", format!("{good}{}{good}", line(&person(), "李四"))).send().await;
    assert_eq!(doubled.refused(400, "VALIDATION").text_at("/errors/0/pointer"), "/lines/3/id_no");
    let number = good.replace(&twice, "340303188405031860");
    import(&world, "full", number.clone()).send().await.refused(400, "ID_INVALID");
    let hundred = import(&world, "delta", number.repeat(150)).send().await.refused(400, "ID_INVALID");
    assert_eq!(hundred.at("/errors").as_array().unwrap().len(), 100);
    for empty in ["", "\n\n", HEAD] {
        import(&world, "full", empty).send().await.refused(400, "VALIDATION");
    }
    for query in ["", "?mode=all", "?mode=full&mode=delta", "?mode=full&x=1"] {
        let ask = world.ask(Method::POST, &format!("/v1/roster/imports{query}")).by(&admin(&world)).bytes(good.clone().into());
        ask.header("content-type", "text/csv").once().send().await.refused(400, "VALIDATION");
    }
    let keyless = world.ask(Method::POST, "/v1/roster/imports?mode=full").by(&admin(&world)).bytes(good.into());
    keyless.header("content-type", "text/csv").send().await.refused(400, "KEY_MISSING");
    assert_eq!(left_behind(&world).await, [0; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_import_again_gets_the_same_bytes() {
    let world = World::new().await;
    let other = world.another_server().await;
    let file = line(&person(), "张三");
    let keyed = |mode: &str, file: &str| {
        let ask = world.ask(Method::POST, &format!("/v1/roster/imports?mode={mode}")).by(&admin(&world));
        ask.bytes(file.as_bytes().to_vec()).header("content-type", "text/csv").key("roster-1")
    };
    let first = keyed("full", &file).send().await.expect(201);
    for again in [keyed("full", &file), keyed("full", &file).at(&other)] {
        let again = again.send().await.expect(201);
        assert_eq!(
            (&again.text, again.headers.get("idempotent-replayed").unwrap().as_bytes()),
            (&first.text, b"true".as_slice())
        );
    }
    keyed("delta", &file).send().await.refused(422, "KEY_REUSED");
    keyed("full", &line(&person(), "李四")).send().await.refused(422, "KEY_REUSED");
    assert_eq!(left_behind(&world).await, [1; 4]);
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_at_once_over_two_servers_lose_nobody() {
    let world = World::new().await;
    let other = world.another_server().await;
    let ask = || import(&world, "delta", line(&person(), "张三"));
    let twins = import(&world, "delta", line(&person(), "双生"));
    let sent = [ask().send(), ask().at(&other).send(), ask().send(), twins.clone().send(), twins.at(&other).send()];
    let answers = futures_util::future::join_all(sent).await;
    let mut versions: Vec<i64> = answers.into_iter().map(|answer| answer.expect(201).fen("/version")).collect();
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions, [1, 2, 3, 4]);
    knows(&world, &world.server, 4, 4).await;
    knows(&world, &other, 4, 4).await;
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_knows_a_change_in_a_moment() {
    let world = World::new().await;
    let other = world.another_server().await;
    imported(import(&world, "full", line(&person(), "张三"))).await;
    for server in [&world.server, &other] {
        knows(&world, server, 1, 1).await;
    }
    imported(import(&world, "full", line(&person(), "李四") + &line(&person(), "王五"))).await;
    let began = Instant::now();
    for server in [&world.server, &other] {
        knows(&world, server, 2, 2).await;
        assert!(world.figure(server, "jiujinan_roster_lag_seconds").await.unwrap() <= 1);
    }
    // A quarter of a second by the clock of the feed; what is more is the machine's, which runs other tests.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_roster_is_the_citys() {
    let world = World::new().await;
    let file = line(&person(), "张三");
    for place in ["340303", "340303001"] {
        let part = world.token(&[Role::Admin], place, "admin-2");
        let ask = world.ask(Method::POST, "/v1/roster/imports?mode=full").by(&part).bytes(file.clone().into());
        let ask = ask.header("content-type", "text/csv").once();
        ask.clone().send().await.refused(404, "NOT_FOUND");
        ask.bytes(b"x\n".to_vec()).send().await.refused(400, "VALIDATION");
    }
    assert_eq!((world.count("roster_version").await, world.count("roster_member").await), (0, 0));
    imported(import(&world, "full", file.clone())).await;
    let neighbour = world.token(&[Role::Admin], "3401", "admin-3");
    let there = world.ask(Method::POST, "/v1/roster/imports?mode=full").by(&neighbour).bytes(file.into());
    assert_eq!(imported(there.header("content-type", "text/csv").once()).await, [1, 1, 1, 0]);
    let seen = world.get("/v1/roster/versions", &neighbour).await.expect(200);
    assert_eq!(seen.at("/items").as_array().unwrap().len(), 1);
    assert_eq!(history(&world).await, "1 - dibao; 1 - dibao");
    world.check_invariants().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_is_stored_or_told() {
    let world = World::new().await;
    let id = person();
    let file = format!("resident_id,{id},欧阳测试甲,dibao,幸福里七号之家,2026-01-01,\n");
    let answer = import(&world, "full", file).send().await.expect(201);
    assert_eq!(counts(&answer), [1, 1, 1, 0]);
    let stored = "select string_agg(text, ' ') from (
        select roster_member::text as text from roster_member union all select roster_version::text from roster_version
        union all select encode(bytes, 'escape') from leaf union all select encode(body, 'escape') from answer) as all_texts";
    let stored = world.sql_text(stored).await;
    let leaf = world.sql_text("select string_agg(convert_from(bytes, 'UTF8'), ' ') from leaf").await;
    for text in [stored, leaf, answer.text] {
        assert!(!text.contains(&id) && !text.contains("欧阳") && !text.contains("幸福里"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_people_are_imported_and_a_few_of_them_changed() {
    let world = World::new().await;
    let people: Vec<String> = (0..20_000).map(|_| person()).collect();
    let line = |id: &String| line(id, "张三").replace("户一", "");
    let file: String = people.iter().map(line).collect();
    assert_eq!(imported(import(&world, "full", file)).await, [1, 20_000, 20_000, 0]);
    knows(&world, &world.server, 1, 20_000).await;
    let ended = |id: &String| line(id).replace(",\n", ",2026-01-02\n");
    let exits: String = people.iter().step_by(100).map(ended).collect();
    assert_eq!(imported(import(&world, "delta", exits)).await, [2, 200, 0, 200]);
    knows(&world, &world.server, 2, 19_800).await;
    world.check_invariants().await;
}
