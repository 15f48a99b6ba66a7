//! Models on Cog servers (Replicate's own model runtime).

mod events;
pub(crate) mod prediction;
pub(crate) mod run;
pub(crate) mod server;
