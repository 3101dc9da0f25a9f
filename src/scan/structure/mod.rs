//! What a Parquet file claims about itself, held to the format's rules before anything is decoded.
//!
//! Readers believe different parts of a file. One whose levels of counts disagree, whose chunks
//! overlap, or whose pages hold more than their chunk says can show one reader other rows than the
//! next, under the same digest; and some claims make decoders recurse or allocate without end. So
//! the footer ([`check_footer`]) and the page headers of what goes to the general reader
//! ([`check_pages`]) are walked here first, by code that neither recurses deeply nor allocates more
//! than the bytes can back. What is claimed of values (statistics) is not looked at: it is never
//! believed either.
//!
//! Format: parquet-format 2.12, `parquet.thrift`.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod delta;
mod fault;
mod footer;
mod pages;
mod row_group;
mod rows;
mod schema;
mod unpacked;

#[cfg(test)]
mod tests;

pub(super) use fault::Fault;
pub(super) use footer::check_footer;
pub(super) use pages::{PageFault, check_pages};
