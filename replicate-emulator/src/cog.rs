//! Models on Cog servers (Replicate's own model runtime).

pub(crate) mod prediction;
pub(crate) mod run;
pub(crate) mod server;
