//! Sessions: handlers that a client opens and closes itself, by the service
//! `InfrastructureBackend`. Mixer never does.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::{Found, Handlers, Key, Lease, Waiting};
use crate::adapter::InstanceTypes;
use crate::code::Code;
use crate::future::contain_now;
use crate::status::{Status, shortened};

impl Handlers {
    /// Checks a configuration, and builds nothing.
    pub(crate) fn validate(&self, config: &[u8], types: &InstanceTypes) -> Result<(), Status> {
        let adapter = self.adapter.name();
        let decoded = self.decode(config)?;
        let validate = || match &self.secrets {
            Some(access) => access.hold(|| decoded.validate(types)),
            None => decoded.validate(types),
        };
        match contain_now(validate) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(errors)) => Err(Status::invalid_config(adapter, errors)),
            Err(panic) => {
                self.metrics.panicked("build");
                Err(Status::panicked(adapter, "while it was validated", &panic))
            }
        }
    }

    /// Builds a handler for a new session, and gives its id.
    pub(crate) async fn open_session(
        self: &Arc<Self>,
        config: &[u8],
        types: InstanceTypes,
    ) -> Result<String, Status> {
        let decoded = self.decode(config)?;
        let id: Arc<str> = new_id(self.adapter.name()).into();
        let key = Key::Session(id.clone());
        let mut found = {
            let mut table = self.lock();
            self.make_room(&mut table, &key)?;
            self.start_build(&mut table, &key, decoded, types)
        };
        // Kept until the handler is found: the build looks whether anybody still waits for it.
        if let Found::Wait(waiting) = &mut found {
            waiting.ended().await;
        }
        match self.find_session(&id) {
            Ok(_) => Ok(id.to_string()),
            Err(status) => {
                // Nobody can ask for it again.
                self.lock().take(&key);
                Err(status)
            }
        }
    }

    /// The handler of a session.
    pub(crate) fn lease_session(&self, id: &str) -> Result<Lease, Status> {
        match self.find_session(id)? {
            Found::Ready(lease) => Ok(lease),
            // Its id is known once it is built.
            Found::Wait(_) => Err(unknown(id)),
        }
    }

    /// Ends a session, and waits until its handler is closed.
    pub(crate) async fn close_session(self: &Arc<Self>, id: &str) -> Result<(), Status> {
        let key = Key::Session(id.into());
        let closing = {
            let mut table = self.lock();
            if !table.slots.contains_key(&key) {
                return Err(unknown(id));
            }
            self.remove(&mut table, &key);
            table.closing(&key)
        };
        if let Some(end) = closing {
            let mut waiting = Waiting {
                end,
                _counted: None,
            };
            waiting.ended().await;
        }
        Ok(())
    }

    fn find_session(&self, id: &str) -> Result<Found, Status> {
        let key = Key::Session(id.into());
        self.lock().find(&key).unwrap_or_else(|| Err(unknown(id)))
    }
}

/// The id of a new session: the name of the adapter, by which it is found, and a random number.
fn new_id(adapter: &str) -> String {
    let random = RandomState::new().hash_one(adapter);
    format!("{adapter}-{random:016x}")
}

/// The name of the adapter in the id of a session.
pub(crate) fn adapter_of(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(adapter, _)| adapter)
}

fn unknown(id: &str) -> Status {
    Status::refusal(
        Code::NotFound,
        format!(
            "there is no session `{}`: it was closed, or nobody used it for a while; create another",
            shortened(id)
        ),
    )
}
