//! The models of an emulator, and their versions.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    cog::server::CogServer,
    model::{Model, Run},
    schema::Interface,
    sync::Locked,
};

/// The properties of a model that a caller may set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties {
    pub(crate) description: Option<String>,
    pub(crate) readme: Option<String>,
    pub(crate) github_url: Option<String>,
    pub(crate) paper_url: Option<String>,
    pub(crate) license_url: Option<String>,
    pub(crate) weights_url: Option<String>,
    pub(crate) cover_image_url: Option<String>,
}

#[derive(Default)]
pub(crate) struct Entry {
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) public: bool,
    pub(crate) official: bool,
    /// Created through the API: it can be changed and deleted.
    pub(crate) created: bool,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) number: u64,
    pub(crate) runs: AtomicU64,
    pub(crate) example: Option<(Value, Value)>,
    pub(crate) properties: Mutex<Properties>,
    pub(crate) versions: Mutex<Vec<Arc<Version>>>,
}

/// A version of a model.
pub(crate) struct Version {
    pub(crate) id: String,
    /// `owner/name` of its model.
    pub(crate) model: String,
    pub(crate) number: u64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) engine: Engine,
}

/// Implementation of a version.
#[derive(Clone)]
pub(crate) enum Engine {
    Function(Run, Arc<Interface>),
    Cog(Arc<CogServer>),
}

impl Version {
    /// Its interface, as far as it is known.
    pub(crate) fn interface(&self) -> Option<Arc<Interface>> {
        match &self.engine {
            Engine::Function(_, interface) => Some(Arc::clone(interface)),
            Engine::Cog(server) => server.interface(),
        }
    }
}

impl Entry {
    pub(crate) fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    pub(crate) fn properties(&self) -> Properties {
        self.properties.locked().clone()
    }

    /// Its versions, newest last.
    pub(crate) fn versions(&self) -> Vec<Arc<Version>> {
        self.versions.locked().clone()
    }

    pub(crate) fn latest(&self) -> Option<Arc<Version>> {
        self.versions.locked().last().cloned()
    }

    pub(crate) fn version(&self, id: &str) -> Option<Arc<Version>> {
        self.versions.locked().iter().find(|v| v.id == id).cloned()
    }
}

#[derive(Default)]
pub(crate) struct Catalog {
    models: Mutex<BTreeMap<String, Arc<Entry>>>,
    by_version: Mutex<HashMap<String, Arc<Entry>>>,
    count: AtomicU64,
}

impl Catalog {
    pub(crate) fn get(&self, owner: &str, name: &str) -> Option<Arc<Entry>> {
        self.find(&format!("{owner}/{name}"))
    }

    pub(crate) fn find(&self, full_name: &str) -> Option<Arc<Entry>> {
        self.models.locked().get(full_name).cloned()
    }

    pub(crate) fn with_version(&self, id: &str) -> Option<(Arc<Entry>, Arc<Version>)> {
        let entry = self.by_version.locked().get(id).cloned()?;
        let version = entry.version(id)?;
        Some((entry, version))
    }

    /// All models, oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<Entry>> {
        let mut all: Vec<Arc<Entry>> = self.models.locked().values().cloned().collect();
        all.sort_by_key(|entry| entry.number);
        all
    }

    /// Adds a model with a closure and its first version, and returns the version's interface.
    pub(crate) fn seed(&self, model: Model, now: DateTime<Utc>) -> Arc<Interface> {
        let (owner, name) = model.name.split_once('/').unwrap_or_default();
        let properties = Properties {
            description: Some(model.description).filter(|d| !d.is_empty()),
            readme: model.readme,
            ..Properties::default()
        };
        let entry = self.insert(Entry {
            owner: owner.to_owned(),
            name: name.to_owned(),
            public: true,
            official: model.official,
            created_at: now,
            example: model.example,
            properties: Mutex::new(properties),
            ..Entry::default()
        });
        let interface = Interface::of(model.input, model.output, model.training);
        let fingerprint = interface.document.to_string();
        let interface = Arc::new(interface);
        let engine = Engine::Function(model.run, Arc::clone(&interface));
        self.add_version(&entry, engine, &fingerprint, now);
        interface
    }

    /// Adds a model on a Cog server. It exists whether or not the server is running.
    pub(crate) fn seed_cog(
        &self,
        owner: &str,
        name: &str,
        server: Arc<CogServer>,
        now: DateTime<Utc>,
    ) {
        let properties = Properties {
            description: Some(format!("Runs on the Cog server at {}", server.url())),
            ..Properties::default()
        };
        let entry = self.insert(Entry {
            owner: owner.to_owned(),
            name: name.to_owned(),
            public: true,
            created_at: now,
            properties: Mutex::new(properties),
            ..Entry::default()
        });
        self.add_version(&entry, Engine::Cog(server), "cog", now);
    }

    /// Adds a model, and gives it its number. A model of the same name is replaced.
    pub(crate) fn insert(&self, mut entry: Entry) -> Arc<Entry> {
        entry.number = self.next_number();
        let entry = Arc::new(entry);
        let replaced = self
            .models
            .locked()
            .insert(entry.full_name(), Arc::clone(&entry));
        for version in replaced.iter().flat_map(|entry| entry.versions()) {
            self.by_version.locked().remove(&version.id);
        }
        entry
    }

    /// Adds a version. Its id depends on its model and `fingerprint` only, so that it is the same
    /// in every emulator.
    pub(crate) fn add_version(
        &self,
        entry: &Arc<Entry>,
        engine: Engine,
        fingerprint: &str,
        now: DateTime<Utc>,
    ) -> Arc<Version> {
        let model = entry.full_name();
        let digest = Sha256::new()
            .chain_update(&model)
            .chain_update([0])
            .chain_update(fingerprint)
            .finalize();
        let id: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let version = Arc::new(Version {
            id: id.clone(),
            model,
            number: self.next_number(),
            created_at: now,
            engine,
        });
        entry.versions.locked().push(Arc::clone(&version));
        self.by_version.locked().insert(id, Arc::clone(entry));
        version
    }

    pub(crate) fn remove(&self, entry: &Entry) {
        self.models.locked().remove(&entry.full_name());
    }

    pub(crate) fn remove_version(&self, entry: &Entry, id: &str) {
        entry.versions.locked().retain(|version| version.id != id);
        self.by_version.locked().remove(id);
    }

    fn next_number(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }
}
