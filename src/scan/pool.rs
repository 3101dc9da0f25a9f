//! Threads and memory: how many columns are worked on at once.

use rayon::prelude::*;

use super::error::ScanError;

/// Threads to work on and memory to work in.
#[derive(Debug)]
pub struct Pool {
    threads: rayon::ThreadPool,
    memory_bytes: u64,
}

impl Pool {
    /// A pool of `threads` threads (0: one per processor) that holds at most about
    /// `memory_bytes` of values at once.
    ///
    /// # Errors
    /// [`ScanError::Threads`] when the system gives no threads.
    pub fn new(threads: usize, memory_bytes: u64) -> Result<Self, ScanError> {
        let built = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let threads =
            built.map_err(|error| ScanError::Threads { threads, problem: error.to_string() })?;
        Ok(Self { threads, memory_bytes })
    }

    /// Bytes of values that may be held at once.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Runs work on the pool.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.threads.install(work)
    }

    /// Runs two pieces of work side by side on the pool.
    pub fn both<A: Send, B: Send>(
        &self,
        first: impl FnOnce() -> A + Send,
        second: impl FnOnce() -> B + Send,
    ) -> (A, B) {
        self.threads.install(|| rayon::join(first, second))
    }

    /// Works on items in waves whose costs in bytes fit the memory together (one item at least),
    /// and gives results in the items' order.
    ///
    /// # Errors
    /// The error of the first item in order that has one.
    pub fn in_waves<I: Sync, T: Send, E: Send>(
        &self,
        items: &[I],
        cost: impl Fn(&I) -> u64,
        work: impl Fn(&I) -> Result<T, E> + Sync + Send,
    ) -> Result<Vec<T>, E> {
        let mut results = Vec::with_capacity(items.len());
        let mut rest = items;
        while !rest.is_empty() {
            let mut bytes = 0u64;
            let fits = |item: &&I| {
                bytes = bytes.saturating_add(cost(item));
                bytes <= self.memory_bytes
            };
            let wave = rest.iter().take_while(fits).count().clamp(1, WAVE_ITEMS_MAX);
            let (now, later) = rest.split_at(wave);
            let done: Vec<Result<T, E>> = self.run(|| now.par_iter().map(&work).collect());
            for result in done {
                results.push(result?);
            }
            rest = later;
        }
        Ok(results)
    }
}

/// Most items in one wave: enough for any machine's threads.
const WAVE_ITEMS_MAX: usize = 1024;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_and_waves_stay_within_memory() {
        let pool = Pool::new(4, 100).unwrap();
        let (held, peak) = (AtomicU64::new(0), AtomicU64::new(0));
        let items: Vec<u64> = (0..50).map(|n| n % 60).collect();
        let work = |&item: &u64| {
            let now = held.fetch_add(item, Ordering::SeqCst) + item;
            peak.fetch_max(now, Ordering::SeqCst);
            held.fetch_sub(item, Ordering::SeqCst);
            Ok::<_, ()>(item * 2)
        };
        let doubled = pool.in_waves(&items, |&item| item, work).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(peak.into_inner() <= 100);
    }

    #[test]
    fn the_first_error_in_order_is_given() {
        let pool = Pool::new(4, 1 << 20).unwrap();
        let work = |&item: &u64| if item > 3 { Err(item) } else { Ok(()) };
        assert_eq!(pool.in_waves(&[1, 2, 9, 7, 8], |_| 1, work), Err(9));
    }
}
