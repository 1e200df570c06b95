//! `GET /v1/cases/{case}/forms/{form}`: what stands on paper, for whom, and that it was looked at.

use base64::Engine;
use jiujinan::actor::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cases::Family;
use crate::stories::{countersigned, fire};
use crate::world::{Answer, OTHER_STREET, STREET, World, case, person};

const FORMS: [&str; 4] = ["approval", "receipt", "refusal", "referral"];

async fn form(world: &World, token: &str, case: &Answer, form: &str) -> Answer {
    let id = case.text_at("/case/id") + &case.text_at("/case_id");
    world.get(&format!("/v1/cases/{id}/forms/{form}"), token).await
}

/// The text of a page as it is read: no marks, no white space.
fn read(page: &Answer) -> String {
    let body = page.text.split_once("</style>").unwrap().1;
    let text: String = body.split('<').filter_map(|part| part.split_once('>').map(|(_, text)| text)).collect();
    text.split_whitespace().collect()
}

#[track_caller]
fn says(page: &Answer, texts: &[&str]) {
    let text = read(page);
    for expected in texts {
        assert!(text.contains(expected), "{expected} is not on it: {text}");
    }
}

#[track_caller]
fn never_says(page: &Answer, texts: &[&str]) {
    for secret in texts {
        assert!(!page.text.contains(secret), "{secret} is on it: {}", page.text);
    }
}

/// `2026-12-04` as paper has it.
fn written(day: &str) -> String {
    let parts: Vec<i32> = day.split('-').map(|part| part.parse().unwrap()).collect();
    format!("{}年{}月{}日", parts[0], parts[1], parts[2])
}

/// S1: 3 000 of 7 800 after a fire, 1 000 in cash and 2 000 by transfer.
async fn burned_out(world: &World) -> Answer {
    world.fund(STREET, 3_140_000).await;
    countersigned(world, &fire(&person(), &person())).await.expect(201)
}

/// S8: 780 asked of a fund that holds 370.
async fn short(world: &World) -> Answer {
    world.fund(STREET, 37_000).await;
    world.fast_track(&case(STREET, 78_000)).send().await.refused(409, "FUND_INSUFFICIENT")
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_the_approval_bears_every_figure_of_the_decision_and_its_legal_basis() {
    let world = World::new().await;
    let paid = burned_out(&world).await;

    let page = form(&world, &world.clerk(STREET), &paid, "approval").await.expect(200);

    let number = paid.text_at("/case/number");
    let due = written(&paid.text_at("/case/completion_due"));
    says(&page, &["蚌埠市蚌山区天桥街道办事处", "急难救助审批表", &format!("编号：{number}"), "测试甲", "测试丁", "祖母"]);
    says(&page, &["火灾", "2026年11月21日", "蚌山区某小区3幢", "过渡安置", "家庭人口4人", "先行救助"]);
    says(&page, &["申请金额¥7,800.00（人民币柒仟捌佰元整）", "批准金额¥3,000.00（人民币叁仟元整）", "准予部分救助"]);
    says(&page, &["单案限额¥3,000.00¥0.00¥7,800.00按此限额核定", "资金可用余额¥31,400.00¥0.00¥3,000.00符合"]);
    says(&page, &["现金¥1,000.00（人民币壹仟元整），已支付", "银行转账¥2,000.00（人民币贰仟元整），已登记支付指令"]);
    says(&page, &["县区民政局，未予救助部分¥4,800.00（人民币肆仟捌佰元整）", "应补交：身份证件", &format!("截止日期{due}")]);
    says(&page, &["〔1〕民政部、财政部关于加强急难救助的意见", "〔2〕关于进一步加强和改进临时救助工作的意见(民发〔2018〕23号)"]);
    says(&page, &["经办人（签字）", "审批人（签字）", "（单位公章）", "年月日"]);
    assert!(page.text.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_each_payment_has_a_receipt_of_its_own() {
    let world = World::new().await;
    let paid = burned_out(&world).await;

    let page = form(&world, &world.clerk(STREET), &paid, "receipt").await.expect(200);

    let number = paid.text_at("/case/number");
    assert_eq!(page.text.matches("<main").count(), 2);
    let (cash, bank) = page.text.rsplit_once("<main").unwrap();
    for (leaf, ordinal, capitals, digits) in [(cash, 1, "人民币壹仟元整", "¥1,000.00"), (bank, 2, "人民币贰仟元整", "¥2,000.00")]
    {
        for text in [&format!("编号：{number}-{ordinal}"), capitals, digits, "测试甲", "领款人（签字）", "经办人（签字）"]
        {
            assert!(leaf.contains(text), "{text}: {leaf}");
        }
    }
    assert!(!bank.contains("人民币壹仟元整") && !cash.contains("人民币贰仟元整"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_leaves_room_for_a_proxy_and_names_the_hospital() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 60_000);
    body["payments"] = json!([
        {"method": "cash", "amount_fen": 5, "received_by": "proxy", "signature_ref": "sig-7"},
        {"method": "hospital", "amount_fen": 20_000, "hospital": "11341729003258285D"}
    ]);
    let paid = world.fast_track(&body).send().await.expect(201);

    let page = form(&world, &world.clerk(STREET), &paid, "receipt").await.expect(200);
    let approval = form(&world, &world.clerk(STREET), &paid, "approval").await.expect(200);

    says(&page, &["人民币伍分", "代领人（签字）：", "与收款人关系", "电子签名凭证sig-7", "医疗机构11341729003258285D"]);
    says(&approval, &["待支付¥399.95（人民币叁佰玖拾玖元玖角伍分）", "无须补交材料"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_came_back_has_no_receipt_and_waits_to_be_paid() {
    let world = World::new().await;
    let paid = burned_out(&world).await;
    let state = |from: &str, to: &str| format!("update aid_case set payments = replace(payments, '\"{from}\"', '\"{to}\"')");
    let clerk = world.clerk(STREET);

    world.sql(&state("instructed", "returned")).await;
    let receipt = form(&world, &clerk, &paid, "receipt").await.expect(200);
    assert_eq!(receipt.text.matches("<main").count(), 1);
    says(&form(&world, &clerk, &paid, "approval").await, &["已退回", "待支付¥2,000.00（人民币贰仟元整）"]);

    world.sql(&state("paid", "refused")).await;
    form(&world, &clerk, &paid, "receipt").await.refused(409, "CONFLICT");
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_the_rest_is_referred_to_the_county() {
    let world = World::new().await;
    let paid = burned_out(&world).await;

    let page = form(&world, &world.clerk(STREET), &paid, "referral").await.expect(200);

    says(&page, &["急难救助转介单", "县区民政局：", "转介金额¥4,800.00（人民币肆仟捌佰元整）"]);
    says(&page, &["已救助金额¥3,000.00（人民币叁仟元整）", "超过单案限额", "接收单位县区民政局", "回执"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_referred_to_with_its_telephone() {
    let world = World::new().await;
    world.fund(STREET, 37_000).await;
    let phone = ("chinese = \"县区民政局\"", "chinese = \"县区民政局\"\nphone = \"0552-1234567\"");
    let server = world.server_with_rules(STREET, &[phone]).await;
    let refused = world.fast_track_at(&server, &case(STREET, 78_000)).send().await.refused(409, "FUND_INSUFFICIENT");

    let path = |form: &str| format!("/v1/cases/{}/forms/{form}", refused.text_at("/case_id"));
    let at = |form: &str| world.ask_at(&server, reqwest::Method::GET, &path(form)).by(&world.clerk(STREET)).send();
    says(&at("refusal").await.expect(200), &["已转介:县区民政局、0552-1234567。"]);
    says(&at("referral").await.expect(200), &["接收单位县区民政局单位电话0552-1234567"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn s8_the_refusal_bears_fact_basis_remedy_and_referral_as_they_were_answered() {
    let world = World::new().await;
    let refused = short(&world).await;

    let page = form(&world, &world.clerk(STREET), &refused, "refusal").await.expect(200);

    let number = refused.text_at("/case_number");
    says(&page, &["不予救助告知书", &format!("编号：{number}"), "测试人：", "申请金额¥780.00（人民币柒佰捌拾元整）"]);
    says(&page, &["资金可用余额¥370.00¥0.00¥780.00不符合", "小额快救限额¥780.00¥0.00¥780.00符合"]);
    let sentence = refused.text_at("/detail");
    let parts: Vec<&str> = sentence.split('。').filter(|part| !part.is_empty()).collect();
    assert_eq!(parts.len(), 4, "{sentence}");
    assert!(parts[0].starts_with("未予救助:备用金余额不足(申请780.00元,可用370.00元)"), "{sentence}");
    says(&page, &[parts[0], parts[1].strip_prefix("依据:").unwrap(), parts[2], parts[3]]);
    says(&page, &["送达回证", "受送达人（签字）", "（单位公章）"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn s8_a_refused_case_is_referred_whole_and_its_approval_grants_nothing() {
    let world = World::new().await;
    let refused = short(&world).await;

    let referral = form(&world, &world.clerk(STREET), &refused, "referral").await.expect(200);
    says(&referral, &["转介金额¥780.00（人民币柒佰捌拾元整）", "已救助金额¥0.00（人民币零元整）", "备用金余额不足"]);
    let approval = form(&world, &world.clerk(STREET), &refused, "approval").await.expect(200);
    says(&approval, &["批准金额¥0.00（人民币零元整）", "办理状态不予救助", "决定备用金余额不足"]);
    never_says(&approval, &["补齐手续", "支付方式"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_for_the_same_cause_names_the_earlier_case() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let first = case(STREET, 60_000);
    let paid = world.fast_track(&first).send().await.expect(201);
    let refused = world.fast_track(&first).send().await.refused(409, "SAME_CAUSE");

    let page = form(&world, &world.clerk(STREET), &refused, "refusal").await.expect(200);

    says(&page, &[&format!("已有案件{}（天桥街道）", paid.text_at("/case/number")), "同一事由已获救助"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_does_not_fit_the_case_is_a_conflict_and_shows_nothing() {
    let world = World::new().await;
    let refused = short(&world).await;
    world.fund(OTHER_STREET, 2_000_000).await;
    let paid = world.fast_track(&case(OTHER_STREET, 78_000)).send().await.expect(201);
    let clerk = world.token(&[Role::Clerk], "3403", "clerk-1");

    let wrong = [(&refused, "receipt", "refused"), (&paid, "refusal", "paid"), (&paid, "referral", "paid")];
    for (about, name, state) in wrong {
        let answer = form(&world, &clerk, about, name).await.refused(409, "CONFLICT");
        assert_eq!(answer.text_at("/detail"), format!("this case, {state}, has no {name}"));
        assert_eq!(answer.headers.get("content-security-policy"), None);
    }
    assert_eq!(looks(&world).await, [] as [Value; 0]);
    form(&world, &clerk, &paid, "approval").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_nobody_knows_is_not_there() {
    let world = World::new().await;
    let paid = burned_out(&world).await;
    for unknown in ["Approval", "approvals", "审批表", "approval.html", "%2e%2e"] {
        form(&world, &world.clerk(STREET), &paid, unknown).await.refused(404, "NOT_FOUND");
    }
    for id in ["1", "00000000-0000-0000-0000-000000000000"] {
        let path = format!("/v1/cases/{id}/forms/approval");
        world.get(&path, &world.clerk(STREET)).await.refused(404, "NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_reads_a_form_as_far_as_it_reads_the_case() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let paid = world.fast_track(&family.case(STREET)).send().await.expect(201);
    let of = |role| world.token(&[role], STREET, "reader-1");

    for role in [Role::Clerk, Role::Approver] {
        let page = form(&world, &of(role), &paid, "approval").await.expect(200);
        says(&page, &["欧阳测试", "司马测试", &family.applicant, &family.spouse, "13800138000", "买药的钱", "工地"]);
        never_says(&page, &["个人信息已脱敏"]);
    }
    let receipt = form(&world, &of(Role::Cashier), &paid, "receipt").await.expect(200);
    says(&receipt, &["收款人欧阳测试", "人民币陆佰元整"]);
    for name in ["approval", "receipt"] {
        let page = form(&world, &of(Role::Cashier), &paid, name).await.expect(200);
        never_says(&page, &[&family.applicant, &family.spouse, "13800138000", "买药的钱", "工地"]);
    }
    for role in [Role::Finance, Role::Auditor] {
        for name in ["approval", "receipt"] {
            let page = form(&world, &of(role), &paid, name).await.expect(200);
            says(&page, &["¥600.00", "个人信息已脱敏"]);
            let secrets = [&family.applicant, &family.spouse, "欧阳测试", "司马测试", "13800138000", "买药的钱", "工地"];
            never_says(&page, &secrets);
        }
    }
    for role in [Role::Hospital, Role::Admin] {
        form(&world, &of(role), &paid, "receipt").await.refused(403, "FORBIDDEN");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_bears_a_whole_account_number() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let family = Family::new();
    let body = family.case(STREET);
    let account = body["payments"][0]["account"].as_str().unwrap();
    let paid = world.fast_track(&body).send().await.expect(201);

    let receipt = form(&world, &world.clerk(STREET), &paid, "receipt").await.expect(200);

    never_says(&receipt, &[account]);
    says(&receipt, &[&account[account.len() - 4..]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_another_street_are_as_if_they_were_not_there() {
    let world = World::new().await;
    let (refused, other) = (short(&world).await, world.token(&[Role::Clerk], OTHER_STREET, "clerk-2"));
    for name in FORMS {
        form(&world, &other, &refused, name).await.refused(404, "NOT_FOUND");
    }
    assert_eq!(looks(&world).await, [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_of_a_sealed_case_are_for_its_own_officers_and_auditors() {
    let world = World::new().await;
    world.fund(STREET, 2_000_000).await;
    let mut body = case(STREET, 100_000);
    (body["sealed"], body["incident"]["cause"]) = (json!(true), json!("violence"));
    let paid = countersigned(&world, &body).await.expect(201);

    let own = form(&world, &world.clerk(STREET), &paid, "approval").await.expect(200);
    says(&own, &["测试人", "工地", "遭受暴力侵害"]);
    let approver = world.token(&[Role::Approver], STREET, "approver-1");
    let approval = form(&world, &approver, &paid, "approval").await.expect(200);
    // The incident itself is its reporter's alone.
    never_says(&approval, &["工地"]);
    says(&form(&world, &world.auditor(), &paid, "receipt").await.expect(200), &["个人信息已脱敏"]);
    let colleague = world.token(&[Role::Clerk, Role::Approver], STREET, "clerk-2");
    for token in [colleague, world.finance(), world.token(&[Role::Cashier], STREET, "cashier-1")] {
        for name in FORMS {
            form(&world, &token, &paid, name).await.refused(404, "NOT_FOUND");
        }
    }
    // Besides, each look at a sealed case is told, the denied ones too.
    let forms = looks(&world).await.iter().filter(|look| look.to_string().contains("\"form\"")).count();
    assert_eq!(forms, 3);
}

/// What was looked at, from the audit leaves.
async fn looks(world: &World) -> Vec<Value> {
    let rows = world.database.client().await.query("select bytes from leaf order by id", &[]).await.unwrap();
    let leaves = rows.iter().map(|row| serde_json::from_slice::<Value>(row.get(0)).unwrap());
    leaves.filter(|leaf| leaf["kind"] == "case.seen").map(|leaf| leaf["body"]["look"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_at_a_form_is_recorded_with_its_name() {
    let world = World::new().await;
    let paid = burned_out(&world).await;
    for name in ["approval", "receipt", "referral"] {
        form(&world, &world.clerk(STREET), &paid, name).await.expect(200);
    }
    let id = paid.at("/case/id");
    let expected = ["approval", "receipt", "referral"].map(|name| json!({"form": {"case": id, "form": name}}));
    assert_eq!(looks(&world).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_is_text_and_never_markup() {
    let world = World::new().await;
    world.fund(STREET, 37_000).await;
    world.fund(OTHER_STREET, 2_000_000).await;
    let clerk = world.token(&[Role::Clerk], "3403", "<i>clerk</i>");
    let mut body = case(STREET, 78_000);
    body["applicant"]["name"] = json!("<script>alert(1)</script>");
    body["need"] = json!("\"><img src=x onerror=alert(2)> & 'x'");
    body["incident"]["place"] = json!("</td></table><b>place</b>");
    body["household"] =
        json!([{"id_type": "resident_id", "id_no": person(), "name": "<u>member", "relation": "<style>*{}</style>"}]);
    let refused = world.post("/v1/fast-track", &clerk, &body).once().send().await.refused(409, "FUND_INSUFFICIENT");
    (body["division"], body["applicant"]["id_no"]) = (json!(OTHER_STREET), json!(person()));
    body["household"][0]["id_no"] = json!(person());
    body["payments"] = json!([{"method": "cash", "signature_ref": "<a href=//elsewhere>"}]);
    let paid = world.post("/v1/fast-track", &clerk, &body).once().send().await.expect(201);

    let asked = [(&refused, "approval"), (&refused, "refusal"), (&refused, "referral"), (&paid, "receipt")];
    for (about, name) in asked {
        let page = form(&world, &clerk, about, name).await.expect(200);
        assert!(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{name}: {}", page.text);
        let raw = ["<script", "<img", "<b>", "<i>", "<u>", "<a ", "<style>*{}", "</table><b>"];
        never_says(&page, &raw);
    }
    let approval = form(&world, &clerk, &refused, "approval").await;
    assert!(approval.text.contains("&quot;&gt;&lt;img src=x onerror=alert(2)&gt; &amp; 'x'"), "{}", approval.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_needs_nothing_but_itself_and_runs_nothing() {
    let world = World::new().await;
    let paid = burned_out(&world).await;
    for (name, paper) in [("approval", "size: A4;"), ("receipt", "size: A5 landscape;"), ("referral", "size: A5;")] {
        let page = form(&world, &world.clerk(STREET), &paid, name).await.expect(200);
        assert_eq!(page.headers.get("content-type").unwrap(), "text/html; charset=utf-8");
        assert_eq!(page.headers.get("cache-control").unwrap(), "no-store");
        let (_, rest) = page.text.split_once("<style>").unwrap();
        let (style, body) = rest.split_once("</style>").unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
        let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.starts_with(&format!("default-src 'none'; style-src 'sha256-{hash}';")), "{policy}");
        assert!(style.contains(paper), "{name}");
        for outside in ["http:", "https:", "//", "url(", "@import", "src=", "href=", "<script", "<link", " style=", " on"] {
            assert!(!style.contains(outside) && !body.contains(outside), "{name} has {outside}");
        }
    }
}
