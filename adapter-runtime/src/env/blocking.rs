//! Work that blocks, and whose result is waited for.

use std::panic::Location;

use tokio::sync::oneshot;

use super::Env;

/// Why work that blocks gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockingError {
    /// It panicked, which the log tells.
    #[error("the blocking work at {0} panicked")]
    Panicked(&'static Location<'static>),
    /// It was not started.
    #[error("the blocking work at {0} was not started: the handler is closed")]
    Closed(&'static Location<'static>),
}

impl Env {
    /// Runs work that blocks, on a thread for such work, and waits for what it gives. What it logs
    /// carries the names of adapter and handler. It goes on if who waits gives up.
    ///
    /// ```
    /// # use adapter_runtime::prelude::*;
    /// async fn read(env: &Env, path: String) -> Result<String, HandlerError> {
    ///     Ok(env.run_blocking(move || std::fs::read_to_string(path)).await??)
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let env = Env::new("reader", "test");
    /// # assert!(read(&env, "/no/such/file".into()).await.is_err());
    /// # assert_eq!(env.run_blocking(|| 5).await, Ok(5));
    /// # }
    /// ```
    ///
    /// # Errors
    /// If it panics, or the handler is closed.
    #[track_caller]
    pub fn run_blocking<T, F>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<T, BlockingError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let place = Location::caller();
        let (started, mut has_started) = oneshot::channel();
        let (sender, result) = oneshot::channel();
        self.schedule_blocking(move |_| {
            let _ = started.send(());
            // Who waits may have given up.
            let _ = sender.send(work());
        });
        async move {
            result.await.map_err(|_| match has_started.try_recv() {
                Ok(()) => BlockingError::Panicked(place),
                Err(_) => BlockingError::Closed(place),
            })
        }
    }
}
