//! Gates and reports over measurements made by hand.

mod builder;
mod documents;
mod drift;
mod gates;
mod hostile;
mod renders;
mod waivers;
