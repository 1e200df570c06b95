//! Names become addresses in the moment of connecting, and only public ones are connected to: a name that led elsewhere when the hook
//! was made, or leads elsewhere at the next look, gains nothing.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::hook::address::is_public;

/// Resolves names of the public internet.
#[derive(Clone, Copy, Debug)]
pub struct PublicOnly;

/// A name leads to an address that is not public, or to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name does not lead to public addresses alone")]
pub struct NotPublic;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(admit(found.collect())?.into_iter()) as Addrs)
        })
    }
}

/// All of the addresses, or none when one of them is not public.
fn admit(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    if found.is_empty() || found.iter().any(|address| !is_public(address.ip())) { Err(NotPublic) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_private_address_among_public_ones_refuses_the_name() {
        let read =
            |addresses: &[&str]| addresses.iter().map(|address| format!("{address}:0").parse().unwrap()).collect::<Vec<_>>();
        assert_eq!(admit(read(&["1.1.1.1", "[2606:4700::1]"])).unwrap().len(), 2);
        for wrong in [&[][..], &["127.0.0.1"], &["1.1.1.1", "10.0.0.1"], &["[2606:4700::1]", "[::ffff:127.0.0.1]"], &["[::1]"]] {
            assert_eq!(admit(read(wrong)), Err(NotPublic), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused_when_it_is_resolved() {
        let refused = PublicOnly.resolve("localhost".parse().unwrap()).await.err().unwrap();
        assert_eq!(refused.downcast_ref::<NotPublic>(), Some(&NotPublic));
    }
}
