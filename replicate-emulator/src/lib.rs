//! A local Replicate.
