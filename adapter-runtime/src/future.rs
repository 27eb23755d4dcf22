//! Futures whose type is erased, and code of the adapter's that can't take the process down.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future whose type is erased.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Runs a future of the adapter's; a panic becomes its message.
pub(crate) fn contain<T>(future: BoxFuture<'_, T>) -> Contained<'_, T> {
    Contained(Some(future))
}

/// A future that panics neither when it is polled nor when it is dropped.
pub(crate) struct Contained<'a, T>(Option<BoxFuture<'a, T>>);

impl<T> Contained<'_, T> {
    /// Drops the future, which may hold values of the adapter's whose destructor panics.
    fn discard(&mut self) {
        let future = self.0.take();
        if let Err(panic) = contain_now(|| drop(future)) {
            tracing::error!("a panic while a call was given up: {panic}");
        }
    }
}

impl<T> Future for Contained<'_, T> {
    type Output = Result<T, String>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, String>> {
        let future = self.0.as_mut().expect("it is not polled after its end");
        let output = match contain_now(|| future.as_mut().poll(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(output)) => Ok(output),
            Err(panic) => Err(panic),
        };
        self.discard();
        Poll::Ready(output)
    }
}

impl<T> Drop for Contained<'_, T> {
    fn drop(&mut self) {
        if self.0.is_some() {
            self.discard();
        }
    }
}

/// Runs code of the adapter's; a panic becomes its message.
pub(crate) fn contain_now<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    std::panic::catch_unwind(AssertUnwindSafe(run)).map_err(panic_message)
}

fn panic_message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(message) => (*message).to_owned(),
            Err(payload) => {
                // Its destructor may panic too.
                std::mem::forget(payload);
                "a value that is no text".to_owned()
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in a destructor");
        }
    }

    #[tokio::test]
    async fn nothing_that_a_future_does_gets_out() {
        assert_eq!(contain(Box::pin(async { 5 })).await, Ok(5));
        let panics = contain::<()>(Box::pin(async { panic!("{}", 5) })).await;
        assert_eq!(panics, Err("5".to_owned()));
        let odd = contain::<()>(Box::pin(async { panic_any(Bomb) })).await;
        assert_eq!(odd, Err("a value that is no text".to_owned()));
        let mut given_up = contain(Box::pin(async {
            let _bomb = Bomb;
            std::future::pending::<()>().await;
        }));
        assert!(futures_util::poll!(&mut given_up).is_pending());
        drop(given_up);
    }
}
