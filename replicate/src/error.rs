//! The one error of the crate.
use std::fmt;
/// err
#[derive(Debug)]
pub struct Error(String);
impl Error { pub(crate) fn invalid(m: String)->Self{Self(m)} }
impl fmt::Display for Error { fn fmt(&self, f:&mut fmt::Formatter<'_>)->fmt::Result{f.write_str(&self.0)} }
impl std::error::Error for Error {}
