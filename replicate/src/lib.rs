//! The facade.

mod error;
mod progress;
mod reference;
#[cfg(feature = "stream")]
pub mod sse;

pub use error::Error;
pub use progress::LogProgress;
pub use reference::{IntoReference, Reference};
