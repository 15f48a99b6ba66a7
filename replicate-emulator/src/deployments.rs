//! Deployments: a version under a name of the account.

use std::{collections::BTreeMap, sync::Mutex};

use chrono::{DateTime, Utc};

use crate::sync::Locked;

/// All deployments, by the order of their creation.
#[derive(Debug, Default)]
pub(crate) struct Deployments(pub(crate) Mutex<BTreeMap<u64, Deployment>>);

#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) name: String,
    pub(crate) release: Release,
}

/// Version, hardware and limits of a deployment. Each change creates a new release.
#[derive(Clone, Debug, Default)]
pub(crate) struct Release {
    pub(crate) number: u64,
    pub(crate) model: String,
    pub(crate) version: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) hardware: String,
    pub(crate) min_instances: u64,
    pub(crate) max_instances: u64,
}

impl Deployments {
    /// The deployment of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Deployment> {
        let deployments = self.0.locked();
        let mut all = deployments.values();
        all.find(|deployment| deployment.name == name).cloned()
    }
}
