//! Counts of passed, failed and skipped checks.

use std::fmt;

#[derive(Debug, Default)]
pub(super) struct Results {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Results {
    /// Counts a failure and prints it.
    pub(super) fn fail(&mut self, what: &str, why: &str) {
        self.failed += 1;
        println!("FAILED {what}: {why}");
    }

    pub(super) fn skip(&mut self, what: &str, why: &str) {
        self.skipped += 1;
        println!("skipped {what}: {why}");
    }

    /// Counts a failure if there is a reason for one, else a pass.
    pub(super) fn check(&mut self, what: &str, wrong: Option<String>) {
        match wrong {
            None => self.passed += 1,
            Some(why) => self.fail(what, &why),
        }
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}
