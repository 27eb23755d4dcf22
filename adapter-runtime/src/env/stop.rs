//! The signal that a handler is closed.

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;

/// Tells a daemon or blocking work that its handler is closed, and that it should end.
///
/// The signal comes after [`Adapter::close`](crate::Adapter::close), so what a handler flushes there
/// still finds its daemons at work.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(super) fn new(signal: &watch::Sender<bool>) -> Stop {
        Stop(signal.subscribe())
    }

    /// Whether the handler is closed; for work that blocks and looks now and then.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        // A handler that is gone is closed too.
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Ready when the handler is closed.
    pub async fn stopped(&self) {
        let _ = self.0.clone().wait_for(|stopped| *stopped).await;
    }

    /// Waits for a while; false if the handler was closed meanwhile. The body of most daemons:
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use adapter_runtime::Env;
    /// # async fn refresh() {}
    /// # fn example(env: &Env) {
    /// env.schedule_daemon(|stop| async move {
    ///     while stop.sleep(Duration::from_secs(60)).await {
    ///         refresh().await;
    ///     }
    /// });
    /// # }
    /// ```
    pub async fn sleep(&self, duration: Duration) -> bool {
        self.unless(tokio::time::sleep(duration)).await.is_some()
    }

    /// What a future gives, or `None` if the handler is closed before.
    pub async fn unless<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.stopped() => None,
            value = future => Some(value),
        }
    }
}
