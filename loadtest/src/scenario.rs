//! Closed loops: each client waits for its answer before it asks again.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::bail;
use tokio::task::JoinSet;

use crate::connection::Connection;
use crate::figures::{Kind, Latency, Run};
use crate::probe::{Cost, Probe, resident_mib};
use crate::request::{PERSONS, Template};

/// What all clients share.
pub struct Shared {
    templates: RefCell<Vec<Template>>,
    numbers: Rc<Cell<u64>>,
    micros: RefCell<Vec<u32>>,
    done: Cell<u64>,
    stop: Cell<bool>,
}

/// Runs a scenario. `numbers` counts the people who were paid or asked for, over all runs.
pub async fn run(
    kind: Kind,
    address: SocketAddr,
    probe: &Probe,
    templates: &[Template],
    numbers: &Rc<Cell<u64>>,
    (warm_up, seconds): (Duration, Duration),
) -> anyhow::Result<Run> {
    let shared = Rc::new(Shared {
        templates: RefCell::new(templates.to_vec()),
        numbers: numbers.clone(),
        micros: RefCell::default(),
        done: Cell::new(0),
        stop: Cell::new(false),
    });
    let mut clients = JoinSet::new();
    for _ in 0..kind.clients() {
        let connection = Connection::open(address).await?;
        clients.spawn_local(client(connection, shared.clone()));
    }
    tokio::time::sleep(warm_up).await;
    let (done, first) = (shared.done.get(), shared.micros.borrow().len());
    let before = probe.read().await?;
    tokio::time::sleep(seconds).await;
    let payments = shared.done.get() - done;
    let micros = shared.micros.borrow()[first..].to_vec();
    let after = probe.read().await?;
    let resident_mib = resident_mib(probe.server);
    shared.stop.set(true);
    while let Some(ended) = clients.join_next().await {
        ended??;
    }
    let cost = Cost::between(&before, &after);
    Ok(Run { kind, payments, latency: Latency::of(micros), cost, resident_mib, quiet: true })
}

async fn client(mut connection: Connection, shared: Rc<Shared>) -> anyhow::Result<()> {
    let mut request = Vec::with_capacity(4096);
    while !shared.stop.get() {
        let number = shared.numbers.replace(shared.numbers.get() + 1);
        let wanted = {
            let mut templates = shared.templates.borrow_mut();
            // Streets in no order that PostgreSQL could like; 617 has no divisor in common with their number.
            let index = (number * 617) as usize % templates.len();
            request.clear();
            request.extend_from_slice(templates[index].of(number));
            templates[index].status
        };
        if wanted == 201 && number >= PERSONS {
            bail!("there are no more people");
        }
        let begun = Instant::now();
        let (status, body) = connection.ask(&request).await?;
        if status != wanted {
            bail!("{status} {}", String::from_utf8_lossy(body));
        }
        let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
        shared.micros.borrow_mut().push(micros);
        shared.done.set(shared.done.get() + 1);
    }
    Ok(())
}
