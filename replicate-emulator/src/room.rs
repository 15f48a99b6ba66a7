//! How much of bodies may be under way at a time, so that many large ones cannot take all memory.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::problem::Problem;

/// All bodies that are being read or answered may take so much together.
const ALL_TOGETHER: usize = 1024 * 1024 * 1024;

/// The room for bodies.
#[derive(Debug)]
pub(crate) struct Room(AtomicUsize);

impl Default for Room {
    fn default() -> Self {
        Self(AtomicUsize::new(ALL_TOGETHER))
    }
}

impl Room {
    /// A place for one body, which is empty at first.
    pub(crate) fn place(&self) -> Place<'_> {
        Place {
            room: self,
            bytes: 0,
        }
    }
}

/// What one body takes, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    room: &'a Room,
    bytes: usize,
}

impl Place<'_> {
    /// Takes so much more, or refuses the call: it can come again once others are through.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Problem> {
        let left = &self.room.0;
        left.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| {
            left.checked_sub(bytes)
        })
        .map_err(|_| {
            Problem::busy(format!(
                "Bodies of {ALL_TOGETHER} bytes are under way already. Send this one again when \
                 others are through."
            ))
        })?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.room.0.fetch_add(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_are_under_way_share_one_room() {
        let room = Room::default();
        let (mut one, mut other) = (room.place(), room.place());
        one.grow(ALL_TOGETHER - 5).expect("there is room");
        other.grow(5).expect("there is room");
        other.grow(1).expect_err("there is none");
        drop(one);
        other.grow(ALL_TOGETHER - 5).expect("there is room again");
    }
}
