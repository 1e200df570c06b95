//! The edge of stores.

use actix_web::web::Data;
use actix_web::{get, post};

use crate::actor::{Role, Roles};
use crate::book::{Book, Key};
use crate::goods::answer::GoodsAnswer;
use crate::goods::body::{CountBody, DeliveryBody, GoodsBody};
use crate::goods::read::{GoodsMoveAnswer, find, list, moves};
use crate::goods::register::Register;
use crate::goods::stock::{ChangeStock, Said};
use crate::http::{Access, Call, NoQuery, Page, Paged, Problem, Read, Reply, Text};
use crate::id::{GoodsId, LeafId};
use crate::reads::Readers;

/// Who keeps a store.
pub struct Storekeepers;

impl Access for Storekeepers {
    const ROLES: Roles = Roles::of(&[Role::Cashier, Role::Finance]);
}

/// Who may look into it.
pub struct StoreReaders;

impl Access for StoreReaders {
    const ROLES: Roles = Roles::of(&[Role::Clerk, Role::Approver, Role::Cashier, Role::Finance, Role::Auditor]);
}

/// Counts goods into a store for the first time.
#[utoipa::path(tag = "goods", request_body = GoodsBody, responses((status = 201, body = GoodsAnswer)))]
#[post("/goods")]
async fn post_goods(call: Call<Storekeepers, GoodsBody>, book: Data<Book>) -> Result<Reply, Problem> {
    let (city, body) = (call.actor.city(), call.body);
    if !book.rules().knows_county_of(&body.division) {
        return Err(Problem::fault("/division", "no county or district of this city has this code"));
    }
    let register = Register {
        actor: call.actor,
        id: GoodsId::new(),
        division: body.division,
        name: body.name.as_str().into(),
        unit: body.unit.as_str().into(),
        value: body.value_fen.fen(),
        stock: body.stock.into(),
        leaf: LeafId::new(),
    };
    book.play(city, Key::Of(call.key), register).await
}

/// More of the same comes in.
#[utoipa::path(tag = "goods", request_body = DeliveryBody, params(("goods" = GoodsId, Path)), responses((status = 201, body = GoodsAnswer)))]
#[post("/goods/{goods}/deliveries")]
async fn post_delivery(call: Call<Storekeepers, DeliveryBody>, book: Data<Book>) -> Result<Reply, Problem> {
    let said = Said::Delivered(call.body.quantity);
    change_stock(call, &book, said, |body| body.reference).await
}

/// Counts what is really there.
#[utoipa::path(tag = "goods", request_body = CountBody, params(("goods" = GoodsId, Path)), responses((status = 200, body = GoodsAnswer)))]
#[post("/goods/{goods}/counts")]
async fn post_count(call: Call<Storekeepers, CountBody>, book: Data<Book>) -> Result<Reply, Problem> {
    let said = Said::Counted(call.body.quantity);
    change_stock(call, &book, said, |body| body.reference).await
}

/// Goods of the caller's scope and of the stores around it.
#[utoipa::path(
    tag = "goods", responses((status = 200, body = Paged<GoodsAnswer>)),
    params(("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query))
)]
#[get("/goods")]
async fn get_goods(read: Read<StoreReaders, Page>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &list(&readers, &read.actor, &read.query).await?)
}

/// Goods in a store.
#[utoipa::path(tag = "goods", params(("goods" = GoodsId, Path)), responses((status = 200, body = GoodsAnswer)))]
#[get("/goods/{goods}")]
async fn get_some_goods(read: Read<StoreReaders, NoQuery>, readers: Data<Readers>) -> Result<Reply, Problem> {
    Reply::json(200, &GoodsAnswer::from(&find(&readers, &read.actor, read.path_id("goods")?).await?))
}

/// What went in and out, the last first; of stores around the caller's scope nothing is told.
#[utoipa::path(
    tag = "goods", responses((status = 200, body = Paged<GoodsMoveAnswer>)),
    params(
        ("goods" = GoodsId, Path), ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)
    )
)]
#[get("/goods/{goods}/moves")]
async fn get_goods_moves(read: Read<StoreReaders, Page>, readers: Data<Readers>) -> Result<Reply, Problem> {
    let goods = find(&readers, &read.actor, read.path_id("goods")?).await?;
    Reply::json(200, &moves(&readers, &read.actor, goods.id, &read.query).await?)
}

async fn change_stock<B>(
    call: Call<Storekeepers, B>,
    book: &Book,
    said: Said,
    reference: impl FnOnce(B) -> Option<Text<64>>,
) -> Result<Reply, Problem> {
    let (city, goods) = (call.actor.city(), call.path_id("goods")?);
    let reference = reference(call.body).map(Text::into_string);
    book.play(city, Key::Of(call.key), ChangeStock { actor: call.actor, goods, said, reference, leaf: LeafId::new() }).await
}

/// Routes of stores.
pub fn routes(config: &mut utoipa_actix_web::service_config::ServiceConfig) {
    config
        .service(post_goods)
        .service(post_delivery)
        .service(post_count)
        .service(get_goods)
        .service(get_some_goods)
        .service(get_goods_moves);
}
