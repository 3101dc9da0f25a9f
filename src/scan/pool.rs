//! Threads and memory: how many columns are worked on at once.

use std::cmp::Reverse;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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

    /// Works on each item, on all threads. Results come in the order of the items.
    pub fn each<I: Send, T: Send>(
        &self,
        items: Vec<I>,
        work: impl Fn(I) -> T + Sync + Send,
    ) -> Vec<T> {
        // Each by itself: of those that are worked on in a row none is taken over by an idle thread.
        self.threads.install(|| items.into_par_iter().with_max_len(1).map(work).collect())
    }

    /// Works on something that nobody waits for.
    pub fn aside(&self, work: impl FnOnce() + Send + 'static) {
        self.threads.spawn(work);
    }

    /// Works on items, those with most to do first so that none of them is left over at the end,
    /// as many at once as there are threads and as the costliest fits the memory (one at least).
    /// Results come in the order of the items.
    ///
    /// # Errors
    /// Of the items that fail, the error of the one with most to do, of equals the first; items
    /// with less to do may not be worked on.
    pub fn within_memory<I: Sync, T: Send + Sync, E: Send + Sync>(
        &self,
        items: &[I],
        load: impl Fn(&I) -> Load,
        work: impl Fn(&I) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let loads: Vec<Load> = items.iter().map(load).collect();
        let costliest = loads.iter().map(|load| load.memory).max().unwrap_or(0).max(1);
        let fitting = usize::try_from(self.memory_bytes / costliest).unwrap_or(usize::MAX);
        let lanes = fitting.clamp(1, self.threads.current_num_threads());
        let mut order: Vec<usize> = (0..items.len()).collect();
        order.sort_by_key(|&index| Reverse(loads[index].work));
        let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let results: Vec<OnceLock<Result<T, E>>> = items.iter().map(|_| OnceLock::new()).collect();
        let lane = || {
            while !failed.load(Ordering::Relaxed) {
                let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) else {
                    return;
                };
                let result = results[index].get_or_init(|| work(&items[index]));
                failed.fetch_or(result.is_err(), Ordering::Relaxed);
            }
        };
        self.threads.scope(|scope| (0..lanes).for_each(|_| scope.spawn(|_| lane())));
        let mut results: Vec<_> = results.into_iter().map(OnceLock::into_inner).collect();
        // Items are begun in this order: before the first without a result stands one that failed.
        let first_failed =
            order.iter().find(|&&index| !matches!(results[index], Some(Ok(_)))).copied();
        if let Some(Some(Err(error))) = first_failed.map(|index| results[index].take()) {
            return Err(error);
        }
        results.into_iter().flatten().collect()
    }
}

/// What an item asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Bytes held while it is worked on.
    pub memory: u64,
    /// How much there is to do, in any unit: bytes to read.
    pub work: u64,
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
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
        let load = |&item: &u64| Load { memory: item, work: item % 7 };
        let doubled = pool.within_memory(&items, load, work).unwrap();
        assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(peak.into_inner() <= 100);
    }

    #[test]
    fn items_with_most_to_do_are_begun_first() {
        let pool = Pool::new(1, 1 << 20).unwrap();
        let begun = Mutex::new(Vec::new());
        let load = |&item: &u64| Load { memory: 1, work: item };
        let work = |&item: &u64| {
            begun.lock().unwrap().push(item);
            Ok::<_, ()>(())
        };
        pool.within_memory(&[3, 1, 9, 9, 5], load, work).unwrap();
        assert_eq!(begun.into_inner().unwrap(), [9, 9, 5, 3, 1]);
    }

    #[test]
    fn the_error_of_the_item_with_most_to_do_is_given() {
        let pool = Pool::new(4, 1 << 20).unwrap();
        let work = |&item: &u64| if item > 3 { Err(item) } else { Ok(()) };
        let load = |&item: &u64| Load { memory: 1, work: item % 9 };
        for _ in 0..20 {
            assert_eq!(pool.within_memory(&[1, 2, 9, 7, 8], load, work), Err(8));
        }
    }
}
