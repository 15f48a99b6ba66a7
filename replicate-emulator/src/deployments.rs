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
#[derive(Clone, Debug)]
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

    /// Calls `remove` unless a deployment runs this version; then its name is the error. No
    /// deployment changes meanwhile, so that none outlives its version.
    pub(crate) fn unless_used(&self, version: &str, remove: impl FnOnce()) -> Result<(), String> {
        let deployments = self.0.locked();
        let user = deployments
            .values()
            .find(|deployment| deployment.release.version == version);
        match user {
            Some(deployment) => Err(deployment.name.clone()),
            None => {
                remove();
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_deployment_changes_while_an_unused_version_is_removed() {
        let deployments = Deployments::default();
        let release = Release {
            number: 1,
            model: "a/b".to_owned(),
            version: "used".to_owned(),
            created_at: Utc::now(),
            hardware: "cpu".to_owned(),
            min_instances: 0,
            max_instances: 1,
        };
        let name = "mine".to_owned();
        let deployment = Deployment { name, release };
        deployments.0.locked().insert(0, deployment);
        let refused = deployments.unless_used("used", || panic!("it is in use"));
        assert_eq!(refused, Err("mine".to_owned()));
        let mut removed = false;
        let result = deployments.unless_used("other", || {
            removed = deployments.0.try_lock().is_err();
        });
        assert_eq!((result, removed), (Ok(()), true));
    }
}
