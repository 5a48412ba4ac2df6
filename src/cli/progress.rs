//! A bar on the terminal while a long run reads: whoever waits sees that it goes on, and for how long.
//!
//! Most runs end before it would show. It stands on standard error alone, and leaves nothing behind.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::When;
use crate::source::{Budget, Found};

/// Runs that are shorter than this show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often the bar moves.
const STEP: Duration = Duration::from_millis(100);

/// How the bar looks.
const LOOK: &str = "  {msg} {bar:30} {bytes} of {total_bytes}";

/// A bar that shows itself when it is time.
pub(super) struct Progress {
    shown: Option<(Sender<&'static str>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins to wait for its time. `budget` tells how much was read.
    pub(super) fn begin(when: When, found: &[Found], budget: &Budget) -> Self {
        let is_wanted = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => io::stderr().is_terminal(),
        };
        let shown = is_wanted.then(|| {
            let files = found.iter().flat_map(|one| &one.files);
            let lengths = files.filter_map(|file| Some(file.metadata().ok()?.len()));
            let (total, budget) = (lengths.sum(), budget.clone());
            let (tell, told) = mpsc::channel();
            let thread = std::thread::spawn(move || show(&told, total, &budget));
            (tell, thread)
        });
        Self { shown }
    }

    /// Says what is done now.
    pub(super) fn says(&self, what: &'static str) {
        if let Some((tell, _)) = &self.shown {
            // Nobody listens where the bar could not be shown.
            let _ = tell.send(what);
        }
    }
}

impl Drop for Progress {
    /// Takes the bar away.
    fn drop(&mut self) {
        if let Some((tell, thread)) = self.shown.take() {
            drop(tell);
            let _ = thread.join();
        }
    }
}

/// Shows the bar from its time on until nobody says anything any more.
fn show(told: &Receiver<&'static str>, total: u64, budget: &Budget) {
    let mut what = "reading";
    let begun = Instant::now();
    let mut bar: Option<ProgressBar> = None;
    loop {
        let wait = PATIENCE.saturating_sub(begun.elapsed()).max(STEP);
        match told.recv_timeout(wait) {
            Ok(now) => {
                what = now;
                continue;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template(LOOK);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_message(what);
        // What is packed becomes more than its files are long.
        let read = budget.spent();
        bar.set_length(total.max(read));
        bar.set_position(read);
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}
