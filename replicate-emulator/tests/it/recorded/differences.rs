//! The differences from what was recorded, each with its reason.

/// Differences that the same kinds of response have, and why.
pub(crate) struct Listed {
    #[allow(dead_code, reason = "it is for those who read the list")]
    pub(crate) reason: &'static str,
    pub(crate) kinds: &'static [&'static str],
    pub(crate) differences: &'static [&'static str],
}

const STARTED: &[&str] = &[
    "new prediction",
    "starting prediction",
    "running prediction",
];
const MODELS: &[&str] = &["model", "new model"];
const CANCELED: &[&str] = &["canceled prediction", "canceled training"];

pub(crate) const DIFFERENCES: [Listed; 11] = [
    Listed {
        reason: "required by the specification",
        kinds: STARTED,
        differences: &[
            "output: absent recorded, null here",
            "data_removed: absent recorded, boolean here",
            "urls.web: absent recorded, string here",
        ],
    },
    Listed {
        reason: "required by the specification",
        kinds: &["ended prediction", "canceled prediction"],
        differences: &[
            "data_removed: absent recorded, boolean here",
            "urls.web: absent recorded, string here",
        ],
    },
    Listed {
        reason: "required by the specification",
        kinds: &["blocking prediction"],
        differences: &["urls.web: absent recorded, string here"],
    },
    Listed {
        reason: "not nullable in the specification",
        kinds: CANCELED,
        differences: &["logs: null recorded, string here"],
    },
    Listed {
        reason: "not nullable in a training",
        kinds: &["canceled training"],
        differences: &["output: null recorded, absent here"],
    },
    Listed {
        reason: "newer than the recordings",
        kinds: &[
            "new prediction",
            "starting prediction",
            "running prediction",
            "blocking prediction",
            "ended prediction",
            "canceled prediction",
            "new training",
            "canceled training",
        ],
        differences: &["source: absent recorded, string here"],
    },
    Listed {
        reason: "newer than the recordings",
        kinds: MODELS,
        differences: &[
            "is_official: absent recorded, boolean here",
            "created_at: absent recorded, string here",
            "weights_url: absent recorded, null here",
        ],
    },
    Listed {
        reason: "no longer in the specification",
        kinds: CANCELED,
        differences: &["webhook_completed: null recorded, absent here"],
    },
    Listed {
        reason: "the recorded models did not stream",
        kinds: &[
            "new prediction",
            "starting prediction",
            "running prediction",
            "canceled prediction",
        ],
        differences: &["urls.stream: absent recorded, string here"],
    },
    Listed {
        reason: "the built-in model has none",
        kinds: &["model"],
        differences: &[
            "cover_image_url: string recorded, null here",
            "github_url: string recorded, null here",
            "license_url: string recorded, null here",
            "paper_url: string recorded, null here",
        ],
    },
    Listed {
        reason: "as in any prediction",
        kinds: &["model"],
        differences: &[
            "default_example.data_removed: absent recorded, boolean here",
            "default_example.source: absent recorded, string here",
            "default_example.urls.web: absent recorded, string here",
            "default_example.webhook_completed: null recorded, absent here",
        ],
    },
];
