//! How much and how often: body size and time, and a rate for each caller (GCRA).
//!
//! Headers as in draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "default";q=<burst>;w=<seconds to refill>` and
//! `RateLimit: "default";r=<left>;t=<seconds until full again>`.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::actor::Subject;
use crate::code::Code;
use crate::http::problem::Problem;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Callers that have a full bucket again are forgotten after so many checks.
const SWEEP_EVERY: u32 = 4096;

/// A rate: so many requests a second in the long run, so many at once. As text `PER_SECOND/BURST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second.
    pub per_second: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

/// Text that is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate is two integers above zero, PER_SECOND/BURST")]
pub struct RateInvalid;

impl FromStr for Rate {
    type Err = RateInvalid;

    fn from_str(text: &str) -> Result<Self, RateInvalid> {
        let (per_second, burst) = text.split_once('/').ok_or(RateInvalid)?;
        let number = |text: &str| text.parse().map_err(|_| RateInvalid);
        Ok(Self { per_second: number(per_second)?, burst: number(burst)? })
    }
}

/// Whom a rate is counted for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// Somebody with a valid token.
    Subject(Subject),
    /// Somebody without one, by address.
    Address(IpAddr),
}

impl Caller {
    /// Somebody without a token. Whoever has one IPv6 address usually has a /64 of them, so that counts as one.
    pub(crate) fn at(address: Option<IpAddr>) -> Self {
        Self::Address(match address {
            Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(mapped) => IpAddr::V4(mapped),
                None => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
            },
            Some(address) => address,
            None => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        })
    }
}

/// What is left of a caller's rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    rate: Rate,
    left: u32,
    reset_s: u64,
}

type Limiter = RateLimiter<Caller, DefaultKeyedStateStore<Caller>, DefaultClock, StateInformationMiddleware>;

/// The limits of every request.
pub struct Limits {
    /// How large a JSON body may be.
    pub body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_time: Duration,
    /// How large a file may be that is taken in as it comes.
    pub file_bytes: usize,
    /// How long it may take to arrive.
    pub file_time: Duration,
    rate: Option<(Rate, Limiter)>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl Limits {
    /// 64 KiB in 30 s, files of 128 MiB in 10 minutes; and the rate of each caller, if there shall be one.
    pub fn new(rate: Option<Rate>) -> Self {
        let limiter = |rate: Rate| {
            let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
            (rate, RateLimiter::keyed(quota).with_middleware())
        };
        Self {
            body_bytes: 64 * 1024,
            body_time: Duration::from_secs(30),
            file_bytes: 128 * 1024 * 1024,
            file_time: Duration::from_secs(600),
            rate: rate.map(limiter),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts a request. Returns what is left, `None` when rates are not limited; else 429, and when to come back.
    pub(crate) fn check(&self, caller: &Caller) -> Result<Option<Allowance>, (Allowance, Problem)> {
        let Some((rate, limiter)) = &self.rate else { return Ok(None) };
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            limiter.retain_recent();
        }
        match limiter.check_key(caller) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                Ok(Some(Allowance { rate: *rate, left, reset_s: refill_s(*rate, rate.burst.get().saturating_sub(left)) }))
            }
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let seconds = seconds.max(1);
                let problem = Problem::fixed(Code::RateLimited, "too many requests, see Retry-After");
                let problem = problem.retry_after(u32::try_from(seconds).unwrap_or(u32::MAX));
                Err((Allowance { rate: *rate, left: 0, reset_s: refill_s(*rate, rate.burst.get()) }, problem))
            }
        }
    }
}

impl Allowance {
    /// Writes the headers.
    pub(crate) fn write_headers(self, headers: &mut HeaderMap) {
        let Self { rate, left, reset_s } = self;
        let policy = format!("\"default\";q={};w={}", rate.burst, refill_s(rate, rate.burst.get()));
        for (name, text) in [(POLICY, policy), (LEFT, format!("\"default\";r={left};t={reset_s}"))] {
            if let Ok(value) = HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
    }
}

/// The seconds after which so many requests are allowed again, rounded up.
fn refill_s(rate: Rate, requests: u32) -> u64 {
    u64::from(requests).div_ceil(u64::from(rate.per_second.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(allowance: Allowance) -> (String, String) {
        let mut headers = HeaderMap::new();
        allowance.write_headers(&mut headers);
        let text = |name: &HeaderName| headers.get(name).unwrap().to_str().unwrap().to_owned();
        (text(&POLICY), text(&LEFT))
    }

    #[test]
    fn a_caller_has_a_burst_and_then_waits() {
        let limits = Limits::new(Some("1/3".parse().unwrap()));
        let caller = Caller::Subject(Subject::new("idp", "a"));
        let first = limits.check(&caller).ok().flatten().unwrap();
        assert_eq!(headers(first), ("\"default\";q=3;w=3".into(), "\"default\";r=2;t=1".into()));
        assert!(limits.check(&caller).is_ok() && limits.check(&caller).is_ok());
        let (allowance, problem) = limits.check(&caller).unwrap_err();
        assert_eq!(problem.code(), Code::RateLimited);
        assert_eq!(headers(allowance).1, "\"default\";r=0;t=3");
        assert!(limits.check(&Caller::Subject(Subject::new("idp", "b"))).is_ok(), "another caller has its own");
    }

    #[test]
    fn without_a_rate_nothing_is_counted() {
        let limits = Limits::new(None);
        for _ in 0..1000 {
            assert!(matches!(limits.check(&Caller::at(None)), Ok(None)));
        }
    }

    #[test]
    fn callers_with_a_full_bucket_are_forgotten() {
        let limits = Limits::new(Some("1000000/1".parse().unwrap()));
        for number in 0..2 * SWEEP_EVERY {
            drop(limits.check(&Caller::Address(IpAddr::V4(number.into()))));
        }
        let (_, limiter) = limits.rate.as_ref().unwrap();
        assert!(limiter.len() < SWEEP_EVERY as usize + 1000, "{} are remembered", limiter.len());
    }

    #[test]
    fn one_network_is_one_caller() {
        let at = |text: &str| Caller::at(Some(text.parse().unwrap()));
        assert!(at("2001:db8::1") == at("2001:db8::2"));
        assert!(at("2001:db8::1") != at("2001:db8:0:1::1"));
        assert!(at("::ffff:192.0.2.1") == at("192.0.2.1"));
    }

    #[test]
    fn a_rate_is_two_integers_above_zero() {
        assert_eq!("20/100".parse::<Rate>().map(|rate| rate.burst.get()), Ok(100));
        for wrong in ["", "20", "0/1", "1/0", "a/b", "-1/1", "1/2/3"] {
            assert_eq!(wrong.parse::<Rate>(), Err(RateInvalid), "{wrong}");
        }
    }
}
