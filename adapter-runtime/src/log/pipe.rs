//! Writing the log without waiting for whoever reads it: a server must not stand still because its
//! standard error does.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::thread;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use tracing_subscriber::fmt::MakeWriter;

/// How many lines may wait; further ones are dropped.
const LINES: usize = 4096;

/// Takes lines, and writes them in a thread of its own.
#[derive(Clone)]
pub(crate) struct Pipe {
    sender: SyncSender<Item>,
    dropped: Arc<Dropped>,
}

enum Item {
    Line(Vec<u8>),
    Flush(Sender<()>),
}

/// How many lines were dropped.
struct Dropped {
    /// Since it was last said.
    unsaid: AtomicU64,
    counter: Counter,
}

impl Pipe {
    pub(crate) fn new(to: impl Write + Send + 'static, counter: Counter) -> io::Result<Pipe> {
        let (sender, lines) = sync_channel(LINES);
        let dropped = Arc::new(Dropped {
            unsaid: AtomicU64::new(0),
            counter,
        });
        let said = dropped.clone();
        let writer = thread::Builder::new().name("log".into());
        writer.spawn(move || write(&lines, to, &said))?;
        Ok(Pipe { sender, dropped })
    }

    /// Writes what is there before the program ends.
    pub(crate) fn flush(&self) -> Flush {
        Flush(self.sender.clone())
    }
}

/// Waits until all has been written.
pub(crate) struct Flush(SyncSender<Item>);

impl Flush {
    /// Waits, but not for long.
    pub(crate) fn wait(&self, patience: Duration) {
        let (done, wait) = channel();
        if self.0.try_send(Item::Flush(done)).is_ok() {
            let _ = wait.recv_timeout(patience);
        }
    }
}

fn write(items: &Receiver<Item>, mut to: impl Write, dropped: &Dropped) {
    // An error is one of whoever reads, who has gone: there is nobody to tell.
    for item in items {
        match item {
            Item::Line(line) => drop(to.write_all(&line)),
            Item::Flush(done) => {
                let _ = to.flush();
                let _ = done.send(());
            }
        }
        match dropped.unsaid.swap(0, Ordering::Relaxed) {
            0 => {}
            lines => drop(writeln!(
                to,
                "{lines} lines of the log were dropped: nobody read them"
            )),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Err(TrySendError::Full(_)) = self.sender.try_send(Item::Line(line.to_vec())) {
            self.dropped.unsaid.fetch_add(1, Ordering::Relaxed);
            self.dropped.counter.inc();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Pipe {
    type Writer = Pipe;

    fn make_writer(&'a self) -> Pipe {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, Mutex};

    use super::*;

    /// A reader that reads nothing until it is let.
    #[derive(Clone, Default)]
    struct Stuck(Arc<(Mutex<Read>, Condvar)>);

    /// Whether it reads, and what it has read.
    type Read = (bool, Vec<u8>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (state, open) = &*self.0;
            let state = state.lock().expect("no panic");
            let mut state = open.wait_while(state, |it| !it.0).expect("no panic");
            state.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_reads_nothing_holds_nobody_up() {
        let (stuck, counter) = (Stuck::default(), Counter::default());
        let mut pipe = Pipe::new(stuck.clone(), counter.clone()).expect("a thread");
        let lines = LINES + 100;
        for _ in 0..lines {
            pipe.write_all(b"a line\n").expect("it is taken");
        }
        let dropped = counter.get();
        assert!(dropped >= 99, "{dropped}");
        stuck.0.0.lock().expect("no panic").0 = true;
        stuck.0.1.notify_all();
        let (done, wait) = channel();
        pipe.sender
            .send(Item::Flush(done))
            .expect("the thread lives");
        wait.recv().expect("it is written");
        let text = String::from_utf8(stuck.0.0.lock().expect("no panic").1.clone());
        let text = text.expect("lines");
        assert!(text.contains(&format!("{dropped} lines of the log were dropped")));
        assert_eq!(
            text.matches("a line").count() as u64 + dropped,
            lines as u64
        );
    }
}
