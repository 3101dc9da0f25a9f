//! Threads and memory: how many columns are worked on at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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

    /// Works on items in their order, as many at once as there are threads and as the costliest
    /// fits the memory (one at least), and gives results in the same order.
    ///
    /// # Errors
    /// The error of the first item in order that has one; items behind it may not be worked on.
    pub fn within_memory<I: Sync, T: Send + Sync, E: Send + Sync>(
        &self,
        items: &[I],
        cost: impl Fn(&I) -> u64,
        work: impl Fn(&I) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let costliest = items.iter().map(cost).max().unwrap_or(0).max(1);
        let fitting = usize::try_from(self.memory_bytes / costliest).unwrap_or(usize::MAX);
        let lanes = fitting.clamp(1, self.threads.current_num_threads());
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let results: Vec<OnceLock<Result<T, E>>> = items.iter().map(|_| OnceLock::new()).collect();
        let lane = || {
            while !failed.load(Ordering::Relaxed) {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let (Some(item), Some(place)) = (items.get(index), results.get(index)) else {
                    return;
                };
                let result = place.get_or_init(|| work(item));
                failed.fetch_or(result.is_err(), Ordering::Relaxed);
            }
        };
        self.threads.scope(|scope| (0..lanes).for_each(|_| scope.spawn(|_| lane())));
        // Items are begun in order: before the first that has no result stands one that failed.
        results.into_iter().map_while(OnceLock::into_inner).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    #[test]
    fn results_come_in_order_and_items_stay_within_memory() {
        let pool = Pool::new(4, 100).unwrap();
        let (held, peak) = (AtomicU64::new(0), AtomicU64::new(0));
        let items: Vec<u64> = (0..50).map(|n| n % 60).collect();
        let work = |&item: &u64| {
            let now = held.fetch_add(item, Ordering::SeqCst) + item;
            peak.fetch_max(now, Ordering::SeqCst);
            held.fetch_sub(item, Ordering::SeqCst);
            Ok::<_, ()>(item * 2)
        };
        let doubled = pool.within_memory(&items, |&item| item, work).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(peak.into_inner() <= 100);
    }

    #[test]
    fn the_first_error_in_order_is_given() {
        let pool = Pool::new(4, 1 << 20).unwrap();
        let work = |&item: &u64| if item > 3 { Err(item) } else { Ok(()) };
        assert_eq!(pool.within_memory(&[1, 2, 9, 7, 8], |_| 1, work), Err(9));
    }
}
