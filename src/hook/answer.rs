//! What keepers of hooks are told, and what leaves say.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Facts, HookEvent, HookRow, HookState, Rows, Ruling};
use crate::division::Division;
use crate::hook::secret::Secret;
use crate::http::{Problem, Reply};
use crate::id::{HookId, LeafId};
use crate::time::rfc3339;
use crate::vault::Vault;

/// A hook.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct HookAnswer {
    /// Its identifier.
    pub id: HookId,
    /// Of which division it is told, and of everything below it.
    pub division: Division,
    /// Where to.
    pub url: String,
    /// Of what.
    pub events: Vec<HookEvent>,
    /// Whether it is told.
    pub state: HookState,
    /// The number of its secret: +1 with every rotation.
    pub rotation: i32,
    /// Until when the secret before it signs as well.
    #[schema(format = DateTime)]
    pub previous_secret_until: Option<String>,
    /// What `v1a` signatures are verified with; null when this server has no key for them.
    pub public_key: Option<String>,
    /// +1 with every change.
    pub version: i64,
    /// When it was made.
    #[schema(format = DateTime)]
    pub made_at: String,
    /// When it was disabled.
    #[schema(format = DateTime)]
    pub ended_at: Option<String>,
}

/// A hook with its secret: shown to who makes or rotates it, and to nobody else.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SecretHookAnswer {
    #[serde(flatten)]
    hook: HookAnswer,
    /// What `v1` signatures are verified with: `whsec_` and base64 of 32 bytes.
    secret: String,
}

/// How many deliveries are sent again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReplayAnswer {
    /// How many.
    pub count: usize,
    /// Deliveries of the range that were made up to this moment may be gone, and are not sent again: they had been kept as long as the
    /// house keeps them. Absent when nothing of the range is gone.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone_until: Option<String>,
}

impl HookAnswer {
    /// A hook as it is, with the key of this server.
    pub fn of(hook: &HookRow, public_key: Option<&str>) -> Self {
        Self {
            id: hook.id,
            division: hook.division,
            url: hook.url.to_string(),
            events: hook.events.to_vec(),
            state: hook.state,
            rotation: hook.rotation,
            previous_secret_until: hook.previous_until.map(rfc3339),
            public_key: public_key.map(str::to_owned),
            version: hook.version,
            made_at: rfc3339(hook.made_at),
            ended_at: hook.ended_at.map(rfc3339),
        }
    }
}

/// Adds the secret to an answer of the book, where it was kept without: the same bytes for the same key, for ever, and no secret in the
/// database.
pub fn with_secret(reply: Reply, vault: &Vault) -> Result<Reply, Problem> {
    if reply.status >= 400 {
        return Ok(reply);
    }
    let hook: HookAnswer = serde_json::from_slice(&reply.body).map_err(Problem::internal)?;
    let secret = Secret::of(vault, hook.id, hook.rotation).shown();
    let body = serde_json::to_vec(&SecretHookAnswer { hook, secret }).map_err(Problem::internal)?;
    Ok(Reply { body: body.into(), ..reply })
}

#[derive(Serialize)]
struct Said<'a> {
    division: Division,
    events: &'a [HookEvent],
    hook_id: HookId,
    rotation: i32,
    state: HookState,
    url_sha256: String,
    verb: &'static str,
    version: i64,
}

impl audit::Body for Said<'_> {
    const KIND: &'static str = "hook.changed";
}

/// A hook after a verb: its rows with the leaf of them.
pub fn changed(actor: &Actor, facts: &Facts, leaf: LeafId, verb: &'static str, hook: HookRow) -> Rows {
    let said = Said {
        division: hook.division,
        events: &hook.events,
        hook_id: hook.id,
        rotation: hook.rotation,
        state: hook.state,
        url_sha256: audit::sha256_hex(hook.url.as_bytes()),
        verb,
        version: hook.version,
    };
    let leaf = Leaf::new(hook.city, leaf, facts.now(), actor.subject.as_str(), &said);
    Rows { hooks: vec![hook], leaves: vec![leaf], ..Rows::default() }
}

/// The same with the hook as the answer.
pub fn done(
    actor: &Actor,
    facts: &Facts,
    leaf: LeafId,
    (verb, status): (&'static str, u16),
    hook: HookRow,
    public_key: Option<&str>,
) -> Ruling {
    let answer = Answer::json(status, &HookAnswer::of(&hook, public_key));
    Ruling::Done(Box::new(changed(actor, facts, leaf, verb, hook)), answer)
}
