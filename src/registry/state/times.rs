//! The times of events: which are believed, and where a wrong clock was corrected.

use crate::clock::Timestamp;
use crate::registry::event::Seq;

/// The times of the events so far, as far as they are believed.
///
/// Each event bears the time of its writer's clock. Events follow one another, so that none may lie
/// more than a few minutes before the latest. One clock that was far ahead would therefore keep all
/// others from writing until that time has come: then somebody says by an event that those times
/// were wrong ([`Self::correct`]), and they count as the time of the last event before them. That is
/// the earliest they can have been written at: whatever ends by its age ends no later for it, and
/// since nobody else could write meanwhile, nobody else's ends sooner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::registry) struct Times {
    /// The events that were later than all before them.
    rises: Vec<(Seq, Timestamp)>,
    /// Events whose times are not believed.
    doubted: Vec<Doubt>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Doubt {
    first: Seq,
    /// The correction, which is the first that is believed again.
    until: Seq,
    /// What their times count as.
    counts_as: Timestamp,
}

impl Times {
    /// The latest believed time, and the event that bears it.
    pub(in crate::registry) fn latest(&self) -> Option<(Seq, Timestamp)> {
        self.rises.last().copied()
    }

    /// Takes note of an event.
    pub(in crate::registry) fn note(&mut self, seq: Seq, at: Timestamp) {
        if self.latest().is_none_or(|(_, latest)| at > latest) {
            self.rises.push((seq, at));
        }
    }

    /// The time of an event that was later than all before it, and behind it the latest of those
    /// with the event that bears it; none for another event, or the first.
    pub(in crate::registry) fn rise(&self, seq: Seq) -> Option<(Timestamp, (Seq, Timestamp))> {
        let index = self.rises.binary_search_by_key(&seq, |&(seq, _)| seq).ok()?;
        let before = *self.rises.get(index.checked_sub(1)?)?;
        Some((self.rises.get(index)?.1, before))
    }

    /// Believes the times from an event on no more, up to the correction.
    pub(in crate::registry) fn correct(&mut self, first: Seq, correction: Seq, at: Timestamp) {
        let Some((_, (_, counts_as))) = self.rise(first) else { return };
        self.rises.retain(|&(seq, _)| seq < first);
        self.doubted.push(Doubt { first, until: correction, counts_as });
        self.note(correction, at);
    }

    /// The time that an event counts as.
    pub(in crate::registry) fn believed(&self, seq: Seq, at: Timestamp) -> Timestamp {
        let doubts = self.doubted.iter().filter(|doubt| (doubt.first..doubt.until).contains(&seq));
        doubts.map(|doubt| doubt.counts_as).fold(at, Ord::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds).unwrap()
    }

    #[test]
    fn times_from_a_wrong_one_on_count_as_the_last_before_it() {
        let mut times = Times::default();
        for (seq, seconds) in [(1, 100), (2, 90), (3, 9_000), (4, 8_900), (5, 9_100)] {
            times.note(Seq(seq), at(seconds));
        }
        assert_eq!(times.rise(Seq(3)), Some((at(9_000), (Seq(1), at(100)))));
        assert_eq!(times.rise(Seq(4)), None, "it was not later than all before it");
        assert_eq!(times.rise(Seq(1)), None);
        times.correct(Seq(3), Seq(6), at(200));
        assert_eq!(times.latest(), Some((Seq(6), at(200))));
        let believed = [(2, 90), (3, 9_000), (4, 8_900), (5, 9_100), (6, 200)];
        let believed = believed.map(|(seq, seconds)| times.believed(Seq(seq), at(seconds)));
        assert_eq!(believed, [90, 100, 100, 100, 200].map(at));
        // A correction within minutes of the time before raises nothing.
        times.note(Seq(7), at(5_000));
        times.correct(Seq(7), Seq(8), at(150));
        assert_eq!(times.latest(), Some((Seq(6), at(200))));
        assert_eq!(times.believed(Seq(7), at(5_000)), at(200));
    }
}
