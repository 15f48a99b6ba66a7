//! All predictions, or all trainings: found by id, listed by age, and limited.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, atomic::Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{job::Job, problem::Problem, sync::Locked};

/// The time after which the data of an ended job is removed, as in the API.
const DATA_KEPT: TimeDelta = TimeDelta::hours(1);

/// The most jobs that run at a time.
const MOST_RUNNING: usize = 10_000;

#[derive(Debug)]
pub(crate) struct Jobs {
    max_count: usize,
    max_bytes: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_id: HashMap<String, Arc<Job>>,
    by_age: BTreeMap<u64, Kept>,
    /// When jobs have ended, the first to end first. They may be deleted.
    ended: VecDeque<(DateTime<Utc>, Arc<Job>)>,
    /// Number of jobs at the front of `ended` whose data was removed.
    emptied: usize,
    running: usize,
    /// The size of all jobs.
    bytes: usize,
    created: u64,
}

#[derive(Debug)]
struct Kept {
    job: Arc<Job>,
    weight: usize,
}

impl Jobs {
    pub(crate) fn new(max_count: usize, max_bytes: usize) -> Self {
        Self {
            max_count,
            max_bytes,
            inner: Mutex::default(),
        }
    }

    /// Adds a job that is about to run, unless too many do.
    pub(crate) fn insert(&self, job: Arc<Job>) -> Result<(), Problem> {
        let weight = job.weight();
        let (count, bytes) = (self.max_count, self.max_bytes);
        let mut inner = self.inner.locked();
        let fits = |size: usize| size.saturating_add(weight) <= bytes;
        let has_space = fits(inner.bytes) || fits(inner.running_bytes());
        if inner.running >= MOST_RUNNING || !has_space {
            let detail = format!(
                "The limit of running jobs is reached: {MOST_RUNNING} at a time, with inputs of \
                 {bytes} bytes together. Nothing was created."
            );
            return Err(Problem::rate_limited("Too much at once", detail, 1));
        }
        inner.shrink(count.saturating_sub(1), bytes.saturating_sub(weight));
        inner.created += 1;
        job.live.ordinal.store(inner.created, Ordering::Relaxed);
        inner.running += 1;
        inner.bytes += weight;
        inner.by_id.insert(job.id.clone(), Arc::clone(&job));
        inner.by_age.insert(job.number, Kept { job, weight });
        Ok(())
    }

    /// Records that a job has ended: it may be deleted when there are too many.
    pub(crate) fn ended(&self, job: Arc<Job>, now: DateTime<Utc>) {
        let mut inner = self.inner.locked();
        inner.running = inner.running.saturating_sub(1);
        if inner.by_age.contains_key(&job.number) {
            inner.weigh(&job);
            inner.ended.push_back((now, job));
        }
        inner.shrink(self.max_count, self.max_bytes);
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
        let inner = self.inner.locked();
        let jobs = inner.by_age.values().map(|kept| &kept.job);
        jobs.cloned().collect()
    }

    /// Removes the data of jobs that ended more than an hour ago.
    pub(crate) fn expire(&self, now: DateTime<Utc>) {
        let mut inner = self.inner.locked();
        while let Some((at, job)) = inner.ended.get(inner.emptied) {
            if now - *at < DATA_KEPT {
                return;
            }
            let job = Arc::clone(job);
            job.remove_data();
            inner.weigh(&job);
            inner.emptied += 1;
        }
    }

    /// Deletes all jobs of a version, and returns those that were running.
    pub(crate) fn forget_version(&self, version: &str) -> Vec<Arc<Job>> {
        let mut gone = self.all();
        gone.retain(|job| job.version == version);
        let mut inner = self.inner.locked();
        for job in &gone {
            inner.remove(job);
        }
        gone.retain(|job| !job.status().is_terminal());
        gone
    }
}

impl Inner {
    /// Updates the size of a job.
    fn weigh(&mut self, job: &Job) {
        if let Some(kept) = self.by_age.get_mut(&job.number) {
            let before = std::mem::replace(&mut kept.weight, job.weight());
            self.bytes = self.bytes - before + kept.weight;
        }
    }

    /// The size of the jobs that have not ended, which cannot be deleted.
    fn running_bytes(&self) -> usize {
        let ended = self.ended.iter();
        let ended = ended.filter_map(|(_, job)| self.by_age.get(&job.number));
        self.bytes - ended.map(|kept| kept.weight).sum::<usize>()
    }

    fn remove(&mut self, job: &Job) {
        self.by_id.remove(&job.id);
        if let Some(kept) = self.by_age.remove(&job.number) {
            self.bytes -= kept.weight;
        }
    }

    /// Deletes ended jobs until at most `count` with at most `bytes` are left.
    fn shrink(&mut self, count: usize, bytes: usize) {
        while self.by_age.len() > count || self.bytes > bytes {
            let Some((_, oldest)) = self.ended.pop_front() else {
                return;
            };
            self.emptied = self.emptied.saturating_sub(1);
            self.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        job::{Kind, Live, Outcome},
        lifecycle::Event,
        webhook::Subscriptions,
    };

    fn job(number: u64, input: &str) -> Arc<Job> {
        Arc::new(Job {
            id: number.to_string(),
            number,
            kind: Kind::Training {
                destination: "a/b".to_owned(),
            },
            model: "a/b".to_owned(),
            version: "v".to_owned(),
            created_at: Utc::now(),
            deadline: None,
            webhooks: Subscriptions::default(),
            live: Live::new(json!({ "text": input }), Utc::now()),
        })
    }

    fn end(jobs: &Jobs, job: &Arc<Job>) {
        job.apply(Event::CanceledByUser, Outcome::None, Utc::now());
        jobs.ended(Arc::clone(job), Utc::now());
    }

    #[test]
    fn running_jobs_are_limited_and_one_that_ends_allows_another() {
        let jobs = Jobs::new(5, usize::MAX);
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
        let jobs = Jobs::new(5000, 100_000);
        let long = "a".repeat(60_000);
        let first = job(0, &long);
        jobs.insert(Arc::clone(&first)).expect("below the limit");
        jobs.insert(job(1, &long)).expect_err("at the limit");
        end(&jobs, &first);
        jobs.insert(job(2, &long)).expect("below the limit again");
    }

    #[test]
    fn a_refused_job_deletes_none() {
        let jobs = Jobs::new(5000, 100_000);
        let ended = job(0, "");
        jobs.insert(Arc::clone(&ended)).expect("below the limit");
        end(&jobs, &ended);
        let large = job(1, &"a".repeat(100_000));
        jobs.insert(large).expect_err("larger than the limit");
        assert!(jobs.get("0").is_some());
        // One that fits takes the place of the ended one.
        let large = job(2, &"a".repeat(98_000));
        jobs.insert(large).expect("as large as the limit");
        assert!(jobs.get("0").is_none());
    }
}
