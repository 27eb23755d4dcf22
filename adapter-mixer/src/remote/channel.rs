//! All addresses of an adapter, which are called in turn.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::Instant;

use super::address::{Address, Host};
use super::backend::Backend;
use super::dial::{Endpoint, Link};
use super::security::Security;

/// How long an answer of the DNS is good while nobody can be reached, and while somebody can.
const SOON: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(30);

/// The connections to an adapter.
#[derive(Debug)]
pub(super) struct Channel {
    address: Address,
    security: Arc<Security>,
    known: Mutex<Known>,
    turn: AtomicUsize,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum NoLink {
    /// There won't be any.
    Closed,
    /// It was tried in vain.
    Failed(Arc<str>),
}

#[derive(Debug, Default)]
struct Known {
    closed: bool,
    backends: Vec<Arc<Backend>>,
    /// When the DNS was asked.
    asked: Option<Instant>,
}

impl Channel {
    /// Nothing is connected yet.
    pub(super) fn new(address: Address, security: Security) -> Channel {
        let security = Arc::new(security);
        let endpoint = match &address {
            Address::Host(host) => Some(Endpoint::Host(host.name.clone(), host.port)),
            Address::Unix(path) => Some(Endpoint::Unix(path.clone())),
            Address::Dns(_) => None,
        };
        let backend = |endpoint| Arc::new(Backend::new(endpoint, security.clone()));
        let known = Known {
            backends: endpoint.map(backend).into_iter().collect(),
            ..Known::default()
        };
        Channel {
            address,
            security,
            known: Mutex::new(known),
            turn: AtomicUsize::new(0),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives no connection any more; those that stand end with their last call.
    pub(super) fn close(&self) {
        *self.known() = Known {
            closed: true,
            ..Known::default()
        };
    }

    /// The connection for the next call.
    pub(super) async fn link(&self) -> Result<Link, NoLink> {
        if self.known().closed {
            return Err(NoLink::Closed);
        }
        let mut backends = match &self.address {
            Address::Dns(host) => self.resolved(host).await?,
            _ => self.known().backends.clone(),
        };
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let first = turn % backends.len().max(1);
        backends.rotate_left(first);
        let ready = backends.iter().find_map(|backend| backend.ready());
        if backends.len() > 1 {
            // Those that are not connected are to be ready for a later call.
            for backend in &backends {
                backend.begin();
            }
        }
        if let Some(link) = ready {
            return Ok(link);
        }
        let mut failed: Arc<str> = "there is no address".into();
        for backend in &backends {
            match backend.link().await {
                Ok(link) => return Ok(link),
                Err(error) => failed = error,
            }
        }
        Err(NoLink::Failed(failed))
    }

    /// The addresses of a name.
    async fn resolved(&self, host: &Host) -> Result<Vec<Arc<Backend>>, NoLink> {
        let (known, asked) = {
            let known = self.known();
            (known.backends.clone(), known.asked)
        };
        let ready = known.iter().filter(|it| it.ready().is_some()).count();
        let good_for = match ready {
            0 => SOON,
            _ if ready == known.len() => Duration::MAX,
            _ => LATER,
        };
        if asked.is_some_and(|asked| asked.elapsed() < good_for) && !known.is_empty() {
            return Ok(known);
        }
        let mut addresses: Vec<_> = match lookup_host((host.name.as_str(), host.port)).await {
            Ok(addresses) => addresses.collect(),
            Err(_) if !known.is_empty() => return Ok(known),
            Err(error) => {
                let error = format!("lookup {}: {error}", host.name);
                return Err(NoLink::Failed(error.into()));
            }
        };
        addresses.sort_unstable();
        addresses.dedup();
        let backends: Vec<_> = addresses
            .into_iter()
            .map(|address| {
                let endpoint = Endpoint::Socket(address);
                let same = known.iter().find(|it| it.endpoint == endpoint);
                let new = || Arc::new(Backend::new(endpoint.clone(), self.security.clone()));
                same.cloned().unwrap_or_else(new)
            })
            .collect();
        let mut known = self.known();
        if known.closed {
            return Err(NoLink::Closed);
        }
        known.backends.clone_from(&backends);
        known.asked = Some(Instant::now());
        Ok(backends)
    }
}
