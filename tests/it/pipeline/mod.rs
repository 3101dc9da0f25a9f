//! The bundled pipelines.

mod files;
mod way;
