use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::advance;

use super::*;

/// A backend that answers, for a key, how often it was asked, when it is let.
struct Backend {
    asked: AtomicUsize,
    fails: Mutex<Option<HandlerError>>,
    answers: Semaphore,
}

impl Backend {
    fn lookup(options: LookupOptions) -> (Env, Arc<Backend>, Lookup<String, usize>) {
        let backend = Arc::new(Backend {
            asked: AtomicUsize::new(0),
            fails: Mutex::new(None),
            answers: Semaphore::new(Semaphore::MAX_PERMITS),
        });
        let env = Env::new("test", "test");
        let asked = backend.clone();
        let lookup = Lookup::new(&env, options, move |key: String| {
            let backend = asked.clone();
            async move { backend.ask(&key).await }
        });
        (env, backend, lookup)
    }

    async fn ask(&self, key: &str) -> Result<usize, HandlerError> {
        let asked = 1 + self.asked.fetch_add(1, Ordering::SeqCst);
        assert_ne!(key, "panic", "no luck");
        self.answers.acquire().await.expect("an open one").forget();
        match &*self.fails.lock().expect("no panic") {
            Some(error) => Err(HandlerError::new(error.code(), error.message())),
            None => Ok(asked),
        }
    }

    fn fail(&self) {
        let error = HandlerError::new(Code::Unavailable, "away");
        *self.fails.lock().expect("no panic") = Some(error);
    }

    fn come_back(&self) {
        *self.fails.lock().expect("no panic") = None;
    }

    /// Doesn't answer until it is let.
    fn hold(&self) {
        self.answers.forget_permits(Semaphore::MAX_PERMITS);
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Lets everything run that can.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn options() -> LookupOptions {
    LookupOptions::new()
        .refresh_after(seconds(10))
        .ttl(seconds(30))
}

#[tokio::test(start_paused = true)]
async fn many_who_ask_at_once_are_one_question() {
    let (_env, backend, lookup) = Backend::lookup(options());
    backend.hold();
    let ask = || {
        let lookup = lookup.clone();
        tokio::spawn(async move { lookup.get("a").await.expect("a value") })
    };
    let asking: Vec<_> = (0..50).map(|_| ask()).collect();
    settle().await;
    assert!(lookup.known("a").is_none());
    // Who gives up doesn't take the answer from the others, even if he was the first.
    asking[0].abort();
    settle().await;
    backend.answers.add_permits(1);
    for asking in asking.into_iter().skip(1) {
        assert_eq!(asking.await.expect("no panic"), 1);
    }
    assert_eq!(backend.asked(), 1);
    assert_eq!(lookup.get("b").now_or_wait(&backend).await, 2);
    assert_eq!(lookup.get("a").await.expect("a value"), 1);
}

/// A value that comes when the backend answers once more.
trait NowOrWait {
    async fn now_or_wait(self, backend: &Backend) -> usize;
}

impl<F: Future<Output = Result<usize, HandlerError>>> NowOrWait for F {
    async fn now_or_wait(self, backend: &Backend) -> usize {
        backend.answers.add_permits(1);
        self.await.expect("a value")
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_refresh() {
    let (_env, backend, lookup) = Backend::lookup(options());
    assert_eq!(lookup.get("a").await.expect("a value"), 1);
    advance(seconds(9)).await;
    assert_eq!(lookup.get("a").await.expect("a value"), 1);
    settle().await;
    assert_eq!(backend.asked(), 1, "it is fresh");
    backend.hold();
    advance(seconds(1)).await;
    for _ in 0..5 {
        assert_eq!(lookup.get("a").await.expect("the old value"), 1);
        settle().await;
    }
    assert_eq!(backend.asked(), 2, "one refresh");
    backend.answers.add_permits(1);
    settle().await;
    assert_eq!(lookup.get("a").await.expect("the new value"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_value_outlives_failures_until_its_time_is_over() {
    let (_env, backend, lookup) = Backend::lookup(options());
    assert_eq!(lookup.get("a").await.expect("a value"), 1);
    backend.fail();
    for _ in 0..29 {
        advance(seconds(1)).await;
        assert_eq!(lookup.get("a").await.expect("the old value"), 1);
        settle().await;
    }
    assert_eq!(backend.asked(), 1 + 5, "after 10, 11, 13, 17 and 25 s");
    advance(seconds(1)).await;
    let error = lookup.get("a").await.expect_err("it is too old");
    assert_eq!(error.to_string(), "UNAVAILABLE: away");
    backend.come_back();
    advance(seconds(10)).await;
    assert_eq!(lookup.get("a").await.expect("a new value"), 7);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_remembered_for_a_while_that_doubles() {
    let (_env, backend, lookup) = Backend::lookup(options().retry_after(seconds(2)));
    backend.fail();
    let mut attempts = Vec::new();
    for second in 0..40 {
        let before = backend.asked();
        let error = lookup.get("a").await.expect_err("it is away");
        assert_eq!(error.code(), Code::Unavailable);
        if backend.asked() > before {
            attempts.push(second);
        }
        advance(seconds(1)).await;
    }
    assert_eq!(attempts, [0, 2, 6, 14, 24, 34]);
    backend.come_back();
    advance(seconds(10)).await;
    lookup.get("a").await.expect("a value");
    backend.fail();
    advance(seconds(30)).await;
    lookup.get("a").await.expect_err("it is away again");
    advance(seconds(2)).await;
    backend.come_back();
    lookup.get("a").await.expect("the first pause again");
}

#[tokio::test(start_paused = true)]
async fn what_hangs_panics_or_is_closed_is_a_failure() {
    let (env, backend, lookup) = Backend::lookup(options().timeout(seconds(3)));
    let error = lookup.get("panic").await.expect_err("it panics");
    assert_eq!(error.to_string(), "INTERNAL: the lookup panicked");
    backend.hold();
    let error = lookup.get("a").await.expect_err("it hangs");
    assert_eq!(
        error.to_string(),
        "DEADLINE_EXCEEDED: there was no answer within 3s"
    );
    let waiting = {
        let lookup = lookup.clone();
        tokio::spawn(async move { lookup.get("b").await })
    };
    settle().await;
    env.end_tasks(Instant::now()).await;
    let error = waiting.await.expect("no panic").expect_err("it is closed");
    assert_eq!(error.to_string(), "UNAVAILABLE: the lookup was given up");
    let error = lookup.get("c").await.expect_err("it is closed");
    assert_eq!(error.to_string(), "UNAVAILABLE: the lookup was given up");
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_fresh_needs_nobody_to_ask() {
    let (env, backend, lookup) = Backend::lookup(options());
    lookup.keep_fresh("a".to_owned());
    settle().await;
    let known = || lookup.known("a").expect("it was fetched");
    assert_eq!(known().expect("a value"), 1);
    for asked in 2..5 {
        tokio::time::sleep(seconds(10)).await;
        settle().await;
        assert_eq!(backend.asked(), asked);
    }
    backend.fail();
    tokio::time::sleep(seconds(29)).await;
    assert_eq!(known().expect("the last value"), 4);
    tokio::time::sleep(seconds(1)).await;
    assert_eq!(known().expect_err("too old").message(), "away");
    backend.come_back();
    tokio::time::sleep(seconds(10)).await;
    known().expect("a value again");
    assert_eq!(env.end_tasks(Instant::now() + seconds(1)).await, 0);
    let asked = backend.asked();
    tokio::time::sleep(seconds(100)).await;
    assert_eq!(backend.asked(), asked, "the handler is closed");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_asked_for_lately_is_forgotten() {
    let (_env, backend, lookup) = Backend::lookup(options().capacity(10));
    lookup.keep_fresh("kept".to_owned());
    settle().await;
    for n in 0..100 {
        lookup.get("often").await.expect("a value");
        lookup.get(&n.to_string()).await.expect("a value");
        assert!(lookup.shared.lock().len() <= 11);
    }
    assert_eq!(
        backend.asked(),
        102,
        "`often` and `kept` were asked for once"
    );
    assert!(lookup.known("kept").is_some() && lookup.known("often").is_some());
    assert!(lookup.known("5").is_none());
}

#[tokio::test(start_paused = true)]
async fn so_many_fetches_are_under_way_at_most() {
    let (_env, backend, lookup) = Backend::lookup(options().capacity(3));
    lookup.get("a").await.expect("a value");
    backend.hold();
    let asking: Vec<_> = (0..3)
        .map(|n| {
            let lookup = lookup.clone();
            tokio::spawn(async move { lookup.get(&n.to_string()).await })
        })
        .collect();
    settle().await;
    let error = lookup.get("b").await.expect_err("too many");
    assert_eq!(
        error.to_string(),
        "RESOURCE_EXHAUSTED: 3 lookups are under way already"
    );
    backend.answers.add_permits(4);
    for asking in asking {
        asking.await.expect("no panic").expect("a value");
    }
    lookup.get("b").await.expect("there is room again");
}

#[tokio::test(start_paused = true)]
async fn a_value_lives_as_long_as_it_is_fresh() {
    let (env, backend, lookup) = Backend::lookup(options().ttl(Duration::ZERO));
    lookup.keep_fresh("a".to_owned());
    settle().await;
    tokio::time::sleep(seconds(9)).await;
    assert_eq!(lookup.get("a").await.expect("a value"), 1);
    tokio::time::sleep(seconds(91)).await;
    settle().await;
    assert_eq!(backend.asked(), 11, "each ten seconds");
    env.end_tasks(Instant::now() + seconds(1)).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_not_kept_fresh() {
    let (env, backend, lookup) = Backend::lookup(options());
    lookup.keep_fresh("a".to_owned());
    drop(env);
    tokio::time::sleep(seconds(15)).await;
    assert_eq!(backend.asked(), 2);
    drop(lookup);
    tokio::time::sleep(seconds(100)).await;
    assert_eq!(backend.asked(), 2);
    assert_eq!(Arc::strong_count(&backend), 1, "nothing is left of it");
}
