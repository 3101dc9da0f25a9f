//! The one door to wider vectors, and the only `unsafe` of the crate.
//!
//! Kernels are written once, in plain Rust that the compiler can make vectors of. [`widest`]
//! compiles them a second and third time, for AVX2 and AVX-512, and picks by what the machine
//! says of itself, so that a binary built for any x86-64 is fast on each. What a kernel computes
//! does not depend on the way taken: integers, and floats one by one.

/// Runs a kernel with the widest vectors this machine has. The kernel must be small enough, or
/// marked, to be inlined.
#[inline]
pub fn widest<T>(kernel: impl FnOnce() -> T) -> T {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            #[expect(unsafe_code, reason = "the machine has just said that it has AVX-512")]
            return unsafe { with_avx512(kernel) };
        }
        if has_avx2() {
            #[expect(unsafe_code, reason = "the machine has just said that it has AVX2")]
            return unsafe { with_avx2(kernel) };
        }
    }
    kernel()
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt")
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn with_avx2<T>(kernel: impl FnOnce() -> T) -> T {
    kernel()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512dq,avx512vl")]
fn with_avx512<T>(kernel: impl FnOnce() -> T) -> T {
    kernel()
}
