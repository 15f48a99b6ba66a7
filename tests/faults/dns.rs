//! A resolver that fails on request, so that a server can be out of reach once, or always.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What the lookup of the faulted server's name returns instead of its address.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DnsFault {
    /// Not found, for this many lookups.
    NotFound(usize),
    /// An address where nothing listens, for this many lookups.
    Refused(usize, SocketAddr),
}

/// Resolves the names of servers on this machine.
#[derive(Clone)]
pub(crate) struct Resolver {
    known: HashMap<&'static str, SocketAddr>,
    faulted: &'static str,
    fault: DnsFault,
    lookups: Arc<AtomicUsize>,
}

impl Resolver {
    pub(crate) fn new(
        known: HashMap<&'static str, SocketAddr>,
        faulted: &'static str,
        fault: DnsFault,
    ) -> Self {
        Self {
            known,
            faulted,
            fault,
            lookups: Arc::default(),
        }
    }

    fn find(&self, name: &str) -> io::Result<SocketAddr> {
        let not_found = || io::Error::new(io::ErrorKind::NotFound, "no such name");
        let known = *self.known.get(name).ok_or_else(not_found)?;
        if name != self.faulted {
            return Ok(known);
        }
        let before = self.lookups.fetch_add(1, Ordering::Relaxed);
        match self.fault {
            DnsFault::NotFound(times) if before < times => Err(not_found()),
            DnsFault::Refused(times, unused) if before < times => Ok(unused),
            _ => Ok(known),
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.find(name.as_str());
        Box::pin(async move {
            let addrs: Addrs = Box::new(std::iter::once(found?));
            Ok(addrs)
        })
    }
}
