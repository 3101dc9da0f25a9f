//! `driftgate check` from outside: on real flights, and on small data made for one question.

mod flights;
mod transactions;
