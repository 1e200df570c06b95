//! The simulator as a process that is killed and started again.

use std::process::Stdio;
use std::time::Duration;

use jiujinan::rail::{Gateway, Outcome, PeerKey, Verdict};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::bank::{Desk, instruction, paid, reference};

/// A simulator as a process of its own, ended with the test.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    async fn start(desk: &Desk, behaviour: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jiujinan"))
            .arg("rail-simulator")
            .arg("--key")
            .arg(desk.file("bank.pem"))
            .arg("--client-key")
            .arg(desk.file("own.pem.pub"))
            .arg("--ledger")
            .arg(desk.file("ledger"))
            .args(["--behaviour", behaviour])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = tokio::time::timeout(Duration::from_secs(20), lines.next_line()).await.unwrap().unwrap().unwrap();
        Self { child, address }
    }

    fn gateway(&self, desk: &Desk) -> Gateway {
        let key = PeerKey::open(&desk.file("bank.pem.pub")).unwrap();
        desk.gateway(&self.address, key, Duration::from_secs(10))
    }

    /// SIGKILL.
    async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

#[tokio::test]
async fn a_bank_that_was_killed_after_paying_still_knows_it_and_pays_no_more() {
    let (desk, (id, bytes)) = (Desk::new(), instruction(60_000));
    let bank = Process::start(&desk, "drop").await;
    assert!(matches!(bank.gateway(&desk).send(id, &bytes).await, Outcome::Unclear(_)));
    bank.kill().await;
    let bank = Process::start(&desk, "refuse").await;
    let known = reference(&bank.gateway(&desk).enquire(id).await);
    assert_eq!(reference(&bank.gateway(&desk).send(id, &bytes).await), known);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    assert_eq!(paid(&client, &bank.address, id).await, 1);
    bank.kill().await;
}

#[tokio::test]
async fn a_bank_that_was_killed_before_paying_finishes_what_it_had_accepted() {
    let (desk, (id, bytes)) = (Desk::new(), instruction(60_000));
    let bank = Process::start(&desk, "delay:2000").await;
    assert_eq!(bank.gateway(&desk).send(id, &bytes).await, Outcome::Said(Verdict::Accepted));
    bank.kill().await;
    let bank = Process::start(&desk, "refuse").await;
    let gateway = bank.gateway(&desk);
    let became_paid = async {
        while gateway.enquire(id).await == Outcome::Said(Verdict::Accepted) {
            tokio::task::yield_now().await;
        }
        gateway.enquire(id).await
    };
    reference(&tokio::time::timeout(Duration::from_secs(20), became_paid).await.unwrap());
    bank.kill().await;
}
