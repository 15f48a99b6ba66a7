//! A limit on the request bodies that are in memory at the same time.

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problem::Problem;

/// The most bytes of all bodies that are read or being handled.
const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// The bytes that are left for request bodies.
#[derive(Debug)]
pub(crate) struct BodyBudget(Semaphore);

impl Default for BodyBudget {
    fn default() -> Self {
        Self(Semaphore::new(MAX_BYTES))
    }
}

impl BodyBudget {
    /// A reservation for one body, empty at first.
    pub(crate) fn reserve(&self) -> Reservation<'_> {
        Reservation {
            budget: self,
            permit: None,
        }
    }
}

/// The bytes of one body, which are given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Reservation<'a> {
    budget: &'a BodyBudget,
    permit: Option<SemaphorePermit<'a>>,
}

impl Reservation<'_> {
    /// Reserves `bytes` more. If they are not left, the call is refused, and can be retried.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        let more = u32::try_from(bytes)
            .ok()
            .and_then(|bytes| self.budget.0.try_acquire_many(bytes).ok())
            .ok_or_else(|| {
                Problem::busy(format!(
                    "Request bodies of {MAX_BYTES} bytes are being handled. Retry this one later."
                ))
            })?;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bodies_share_one_budget() {
        let budget = BodyBudget::default();
        let (mut one, mut other) = (budget.reserve(), budget.reserve());
        one.grow(MAX_BYTES - 5).expect("within the budget");
        other.grow(5).expect("within the budget");
        other.grow(1).expect_err("over the budget");
        drop(one);
        other.grow(MAX_BYTES - 5).expect("within the budget again");
    }
}
