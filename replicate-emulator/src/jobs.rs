//! All predictions, or all trainings: found by id, listed by age, and limited.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, atomic::Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    cursor::{Page, Pages},
    job::Job,
    problem::Problem,
    sync::Locked,
};

/// The time after which the data of an ended job is removed, as in the API.
const DATA_KEPT: TimeDelta = TimeDelta::hours(1);

/// The most jobs that run at a time.
const MOST_RUNNING: usize = 10_000;

/// Limits of the kept jobs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Jobs {
    bounds: Bounds,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_id: HashMap<String, Arc<Job>>,
    by_age: BTreeMap<u64, Arc<Job>>,
    /// The ended jobs, the first to end first. They may be deleted.
    ended: VecDeque<Ended>,
    /// Number of jobs at the front of `ended` whose data was removed.
    emptied: usize,
    bytes: usize,
    /// The size of each running job, by its number.
    running: HashMap<u64, usize>,
    running_bytes: usize,
    created: u64,
}

#[derive(Debug)]
struct Ended {
    at: DateTime<Utc>,
    weight: usize,
    job: Arc<Job>,
}

impl Jobs {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            inner: Mutex::default(),
        }
    }

    /// Adds a job that is about to run, unless too many do.
    pub(crate) fn insert(&self, job: Arc<Job>) -> Result<(), Problem> {
        let weight = job.weight();
        let mut inner = self.inner.locked();
        if inner.running.len() >= MOST_RUNNING
            || inner.running_bytes.saturating_add(weight) > self.bounds.bytes
        {
            return Err(Problem::busy(format!(
                "The limit of running jobs is reached: {MOST_RUNNING} at a time, with inputs of {} \
                 bytes together. Nothing was created.",
                self.bounds.bytes
            )));
        }
        inner.created += 1;
        job.ordinal.store(inner.created, Ordering::Relaxed);
        inner.running.insert(job.number, weight);
        inner.running_bytes += weight;
        inner.by_id.insert(job.id.clone(), Arc::clone(&job));
        inner.by_age.insert(job.number, job);
        inner.shrink(self.bounds);
        Ok(())
    }

    /// Records that a job has ended: it may be deleted when there are too many.
    pub(crate) fn ended(&self, job: Arc<Job>, now: DateTime<Utc>) {
        let weight = job.weight();
        let mut inner = self.inner.locked();
        let before = inner.running.remove(&job.number).unwrap_or_default();
        inner.running_bytes = inner.running_bytes.saturating_sub(before);
        inner.bytes += weight;
        inner.ended.push_back(Ended {
            at: now,
            weight,
            job,
        });
        inner.shrink(self.bounds);
    }

    /// Number of jobs created so far.
    pub(crate) fn created(&self) -> u64 {
        self.inner.locked().created
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Job>> {
        self.inner.locked().by_id.get(id).cloned()
    }

    /// All jobs, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<Job>> {
        self.inner.locked().by_age.values().cloned().collect()
    }

    /// The newest jobs, newest first.
    pub(crate) fn newest(&self, count: usize) -> Vec<Arc<Job>> {
        let inner = self.inner.locked();
        inner.by_age.values().rev().take(count).cloned().collect()
    }

    pub(crate) fn page(
        &self,
        pages: &Pages<'_>,
        keep: impl Fn(&Job) -> bool,
    ) -> Result<Page<Arc<Job>>, Problem> {
        let inner = self.inner.locked();
        Ok(pages.cut(&inner.by_age, |job| keep(job))?.map(Arc::clone))
    }

    /// Removes the data of jobs that ended more than an hour ago.
    pub(crate) fn expire(&self, now: DateTime<Utc>) {
        let mut inner = self.inner.locked();
        while let Some(ended) = inner.ended.get(inner.emptied) {
            if now - ended.at < DATA_KEPT {
                return;
            }
            ended.job.remove_data();
            let (at, left) = (inner.emptied, ended.job.weight());
            let before = std::mem::replace(&mut inner.ended[at].weight, left);
            inner.bytes = inner.bytes.saturating_sub(before.saturating_sub(left));
            inner.emptied += 1;
        }
    }

    /// Deletes all jobs of a version, and returns those that were running.
    pub(crate) fn forget_version(&self, version: &str) -> Vec<Arc<Job>> {
        let mut inner = self.inner.locked();
        let gone: Vec<Arc<Job>> = inner
            .by_age
            .values()
            .filter(|job| job.version == version)
            .cloned()
            .collect();
        for job in &gone {
            inner.by_id.remove(&job.id);
            inner.by_age.remove(&job.number);
        }
        gone.into_iter()
            .filter(|job| !job.status().is_terminal())
            .collect()
    }
}

impl Inner {
    fn shrink(&mut self, bounds: Bounds) {
        while self.by_age.len() > bounds.count || self.bytes > bounds.bytes {
            let Some(oldest) = self.ended.pop_front() else {
                return;
            };
            self.emptied = self.emptied.saturating_sub(1);
            self.bytes = self.bytes.saturating_sub(oldest.weight);
            self.by_id.remove(&oldest.job.id);
            self.by_age.remove(&oldest.job.number);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        job::{Kind, NewJob, Outcome},
        lifecycle::Event,
        webhook::Subscriptions,
    };

    fn job(number: u64, input: &str) -> Arc<Job> {
        Arc::new(Job::new(NewJob {
            id: number.to_string(),
            number,
            kind: Kind::Training {
                destination: "a/b".to_owned(),
            },
            model: "a/b".to_owned(),
            version: "v".to_owned(),
            input: json!({ "text": input }),
            created_at: Utc::now(),
            deadline: None,
            webhooks: Subscriptions::default(),
        }))
    }

    fn end(jobs: &Jobs, job: &Arc<Job>) {
        job.apply(Event::CanceledByUser, Outcome::None, Utc::now());
        jobs.ended(Arc::clone(job), Utc::now());
    }

    #[test]
    fn running_jobs_are_limited_and_one_that_ends_allows_another() {
        let jobs = Jobs::new(Bounds {
            count: 5,
            bytes: usize::MAX,
        });
        let first = job(0, "");
        jobs.insert(Arc::clone(&first)).expect("below the limit");
        for number in 1..10_000 {
            jobs.insert(job(number, "")).expect("below the limit");
        }
        jobs.insert(job(10_000, "")).expect_err("at the limit");
        assert!(jobs.get("10000").is_none());
        end(&jobs, &first);
        jobs.insert(job(10_001, "")).expect("below the limit again");
    }

    #[test]
    fn the_inputs_of_running_jobs_are_limited_together() {
        let jobs = Jobs::new(Bounds {
            count: 5000,
            bytes: 100_000,
        });
        let long = "a".repeat(60_000);
        let first = job(0, &long);
        jobs.insert(Arc::clone(&first)).expect("below the limit");
        jobs.insert(job(1, &long)).expect_err("at the limit");
        end(&jobs, &first);
        jobs.insert(job(2, &long)).expect("below the limit again");
    }
}
