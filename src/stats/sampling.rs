//! Seeded sampling for the calibration tests: exact laws, no table, no dependency.

/// A deterministic source of random numbers (`SplitMix64`: Steele, Lea and Flood, OOPSLA 2014).
pub(super) struct Sampler {
    state: u64,
    spare_normal: Option<f64>,
}

impl Sampler {
    pub(super) fn seeded(seed: u64) -> Self {
        Self { state: seed, spare_normal: None }
    }

    /// The order statistics of `n` uniform numbers at the given rising ranks (1-based): partial
    /// sums of gamma spacings over their total (Devroye 1986, ch. V.3).
    pub(super) fn uniform_order_statistics(&mut self, n: u64, ranks: &[u64]) -> Vec<f64> {
        let (mut sum, mut last) = (0.0, 0);
        let mut sums = Vec::with_capacity(ranks.len());
        for &rank in ranks {
            sum += self.gamma(rank - last);
            last = rank;
            sums.push(sum);
        }
        let total = sum + self.gamma(n + 1 - last);
        sums.into_iter().map(|partial| partial / total).collect()
    }

    /// Counts of `n` draws between the rising inner bounds `below` of the unit interval.
    pub(super) fn multinomial(&mut self, n: u64, below: &[f64]) -> Vec<u64> {
        let (mut left, mut from) = (n, 0.0);
        let mut counts = Vec::with_capacity(below.len() + 1);
        for &to in below {
            let count = self.binomial(left, ((to - from) / (1.0 - from)).clamp(0.0, 1.0));
            counts.push(count);
            left -= count;
            from = to;
        }
        counts.push(left);
        counts
    }

    /// Binomial by halving: the median of n uniforms is a beta variate, which says how many lie
    /// on its lower side (Devroye 1986, ch. X.4.3).
    fn binomial(&mut self, n: u64, p: f64) -> u64 {
        let (mut n, mut p, mut count) = (n, p, 0);
        while n > 24 {
            let middle = n / 2 + 1;
            let (lower, upper) = (self.gamma(middle), self.gamma(n + 1 - middle));
            let median = lower / (lower + upper);
            if median <= p {
                count += middle;
                n -= middle;
                p = (p - median) / (1.0 - median);
            } else {
                n = middle - 1;
                p /= median;
            }
        }
        count + (0..n).filter(|_| self.uniform() < p).count() as u64
    }

    /// Gamma with whole shape ≥ 1 (Marsaglia and Tsang, ACM TOMS 26, 2000).
    #[expect(clippy::cast_precision_loss, reason = "shapes are sample sizes")]
    fn gamma(&mut self, shape: u64) -> f64 {
        let d = shape as f64 - 1.0 / 3.0;
        let c = (9.0 * d).sqrt().recip();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d * (1.0 - v + v.ln()) {
                return d * v;
            }
        }
    }

    /// Standard normal by the polar method.
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare_normal = Some(y * factor);
                return x * factor;
            }
        }
    }

    /// Uniform in (0, 1).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((z ^ (z >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}
