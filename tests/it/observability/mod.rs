//! The observability gate, against a real Prometheus and against files.

mod prometheus;
mod server;
