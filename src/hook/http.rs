//! The edge of hooks.

use actix_web::web::Data;
use actix_web::{delete, get, post};

use crate::actor::{Role, Roles};
use crate::book::{Book, HookState, Key, ReplayRange};
use crate::hook::answer::{HookAnswer, ReplayAnswer, SecretHookAnswer, with_secret};
use crate::hook::body::{HookBody, ReplayBody, RotateBody};
use crate::hook::deliveries::{DeliveriesQuery, DeliveryAnswer, deliveries};
use crate::hook::end::End;
use crate::hook::read::{find, list};
use crate::hook::replay::SendAgain;
use crate::hook::rotate::Rotate;
use crate::hook::settings::HookSettings;
use crate::hook::subscribe::Subscribe;
use crate::hook::url;
use crate::http::{Access, Call, NoQuery, Page, Paged, Problem, Read, Reply};
use crate::id::{HookId, LeafId};
use crate::reads::Readers;
use crate::vault::Vault;

/// Who keeps hooks.
pub struct Keepers;

impl Access for Keepers {
    const ROLES: Roles = Roles::of(&[Role::Finance, Role::Admin]);
}

/// Who may look at them.
pub struct Lookers;

impl Access for Lookers {
    const ROLES: Roles = Roles::of(&[Role::Finance, Role::Auditor, Role::Admin]);
}

/// Makes a hook. Its secret is in this answer, and in that of a rotation, and nowhere else.
#[utoipa::path(tag = "hooks", request_body = HookBody, responses((status = 201, body = SecretHookAnswer)))]
#[post("/hooks")]
async fn post_hook(
    call: Call<Keepers, HookBody>,
    book: Data<Book>,
    vault: Data<Vault>,
    settings: Data<HookSettings>,
) -> Result<Reply, Problem> {
    let (city, body) = (call.actor.city(), call.body);
    let (url, _) = url::read(&body.url, &settings.allowed).map_err(|invalid| Problem::fault("/url", invalid.to_string()))?;
    if body.division.county().is_some() && !book.rules().knows_county_of(&body.division) {
        return Err(Problem::fault("/division", "no county or district of this city has this code"));
    }
    let subscribe = Subscribe {
        actor: call.actor,
        id: HookId::new(),
        division: body.division,
        url: url.as_str().into(),
        events: body.events.into(),
        public_key: settings.public_key(),
        leaf: LeafId::new(),
    };
    with_secret(book.play(city, Key::Of(call.key), subscribe).await?, &vault)
}

/// Hooks of the caller's scope, in the order of their making.
#[utoipa::path(
    tag = "hooks", responses((status = 200, body = Paged<HookAnswer>)),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query))
)]
#[get("/hooks")]
async fn get_hooks(read: Read<Lookers, Page>, readers: Data<Readers>, settings: Data<HookSettings>) -> Result<Reply, Problem> {
    let (page, key) = (list(&readers, &read.actor, &read.query).await?, settings.public_key());
    let items: Vec<HookAnswer> = page.items.iter().map(|hook| HookAnswer::of(hook, key.as_deref())).collect();
    Reply::json(200, &Paged { items, next_cursor: page.next_cursor })
}

/// One hook.
#[utoipa::path(tag = "hooks", params(("hook" = HookId, Path, description = "`id` of the hook")), responses((status = 200, body = HookAnswer)))]
#[get("/hooks/{hook}")]
async fn get_hook(read: Read<Lookers, NoQuery>, readers: Data<Readers>, settings: Data<HookSettings>) -> Result<Reply, Problem> {
    let hook = find(&readers, &read.actor, read.path_id("hook")?).await?;
    Reply::json(200, &HookAnswer::of(&hook, settings.public_key().as_deref()))
}

/// Takes a hook away. What waits for it is never sent.
#[utoipa::path(tag = "hooks", params(("hook" = HookId, Path, description = "`id` of the hook")), responses((status = 204)))]
#[delete("/hooks/{hook}")]
async fn delete_hook(read: Read<Keepers, NoQuery>, book: Data<Book>) -> Result<Reply, Problem> {
    let (city, hook) = (read.actor.city(), read.path_id("hook")?);
    book.play(city, Key::Own, End { actor: read.actor, hook, state: HookState::Deleted, leaf: LeafId::new() }).await
}

/// Gives a hook a new secret; for a day deliveries are signed with both.
#[utoipa::path(tag = "hooks", request_body = RotateBody, params(("hook" = HookId, Path, description = "`id` of the hook")), responses((status = 200, body = SecretHookAnswer)))]
#[post("/hooks/{hook}/rotate")]
async fn post_rotate(
    call: Call<Keepers, RotateBody>,
    book: Data<Book>,
    vault: Data<Vault>,
    settings: Data<HookSettings>,
) -> Result<Reply, Problem> {
    let (city, hook) = (call.actor.city(), call.path_id("hook")?);
    let rotate = Rotate { actor: call.actor, hook, public_key: settings.public_key(), leaf: LeafId::new() };
    with_secret(book.play(city, Key::Of(call.key), rotate).await?, &vault)
}

/// What a hook was told, the newest first.
#[utoipa::path(
    tag = "hooks", responses((status = 200, body = Paged<DeliveryAnswer>)),
    params(
        ("hook" = HookId, Path, description = "`id` of the hook"), ("state" = Option<crate::book::DeliveryState>, Query),
        ("from" = Option<String>, Query, format = DateTime), ("to" = Option<String>, Query, format = DateTime),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)
    )
)]
#[get("/hooks/{hook}/deliveries")]
async fn get_deliveries(read: Read<Lookers, DeliveriesQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    let hook = find(&readers, &read.actor, read.path_id("hook")?).await?;
    Reply::json(200, &deliveries(&readers, &read.actor, hook.id, &read.query).await?)
}

/// Sends deliveries of a range of time again, at most 10 000, each with the `webhook-id` it had.
#[utoipa::path(tag = "hooks", request_body = ReplayBody, params(("hook" = HookId, Path, description = "`id` of the hook")), responses((status = 200, body = ReplayAnswer)))]
#[post("/hooks/{hook}/replay")]
async fn post_replay(call: Call<Keepers, ReplayBody>, book: Data<Book>) -> Result<Reply, Problem> {
    let (city, hook, body) = (call.actor.city(), call.path_id("hook")?, &call.body);
    let range = ReplayRange { city, hook, from: body.from, to: body.to, state: body.state };
    book.play(city, Key::Of(call.key), SendAgain { actor: call.actor, range, leaf: LeafId::new() }).await
}

/// Routes of hooks.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config
        .service(post_hook)
        .service(get_hooks)
        .service(get_hook)
        .service(delete_hook)
        .service(post_rotate)
        .service(get_deliveries)
        .service(post_replay);
}
