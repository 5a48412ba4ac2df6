//! What the fuzz targets share: what has to hold, and how an input is run.

pub mod held;

/// Lets everything run on the calling thread: an input takes the same way each time, and what it reached is seen.
pub fn on_one_thread() {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .expect("nothing ran before");
}
