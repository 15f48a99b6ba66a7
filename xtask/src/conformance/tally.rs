//! What passed, failed, and was skipped.

use std::fmt;

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Tally {
    pub(super) fn pass(&mut self) {
        self.passed += 1;
    }

    /// Counts a failure, and says at once what it is.
    pub(super) fn fail(&mut self, what: &str, why: &str) {
        self.failed += 1;
        println!("FAILED {what}: {why}");
    }

    pub(super) fn skip(&mut self, what: &str, why: &str) {
        self.skipped += 1;
        println!("skipped {what}: {why}");
    }

    /// Passes if nothing is wrong.
    pub(super) fn check(&mut self, what: &str, wrong: Option<String>) {
        match wrong {
            None => self.pass(),
            Some(why) => self.fail(what, &why),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}
