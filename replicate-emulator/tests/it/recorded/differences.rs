//! The differences from what was recorded, each with its reason.

/// A difference, the kinds of response that have it, and why.
pub(crate) struct Listed {
    pub(crate) kinds: &'static [&'static str],
    pub(crate) difference: &'static str,
    #[allow(dead_code, reason = "it is for those who read the list")]
    pub(crate) reason: &'static str,
}

const fn listed(
    difference: &'static str,
    kinds: &'static [&'static str],
    reason: &'static str,
) -> Listed {
    Listed {
        kinds,
        difference,
        reason,
    }
}

const RUNS: &[&str] = &[
    "new prediction",
    "starting prediction",
    "running prediction",
];

pub(crate) const DIFFERENCES: [Listed; 20] = [
    listed(
        "data_removed: absent recorded, boolean here",
        &[
            "new prediction",
            "starting prediction",
            "running prediction",
            "ended prediction",
            "canceled prediction",
        ],
        "required by the specification",
    ),
    listed(
        "output: absent recorded, null here",
        RUNS,
        "required by the specification",
    ),
    listed(
        "urls.web: absent recorded, string here",
        &[
            "new prediction",
            "starting prediction",
            "running prediction",
            "blocking prediction",
            "ended prediction",
            "canceled prediction",
        ],
        "required by the specification",
    ),
    listed(
        "logs: null recorded, string here",
        &["canceled prediction", "canceled training"],
        "not nullable in the specification",
    ),
    listed(
        "output: null recorded, absent here",
        &["canceled training"],
        "not nullable in a training",
    ),
    listed(
        "source: absent recorded, string here",
        &[
            "new prediction",
            "starting prediction",
            "running prediction",
            "blocking prediction",
            "ended prediction",
            "canceled prediction",
            "new training",
            "canceled training",
        ],
        "newer than the recordings",
    ),
    listed(
        "webhook_completed: null recorded, absent here",
        &["canceled prediction", "canceled training"],
        "no longer in the specification",
    ),
    listed(
        "urls.stream: absent recorded, string here",
        RUNS,
        "the recorded models did not stream",
    ),
    listed(
        "urls.stream: absent recorded, string here",
        &["canceled prediction"],
        "the recorded model did not stream",
    ),
    listed(
        "is_official: absent recorded, boolean here",
        &["model", "new model"],
        "newer than the recordings",
    ),
    listed(
        "created_at: absent recorded, string here",
        &["model", "new model"],
        "newer than the recordings",
    ),
    listed(
        "weights_url: absent recorded, null here",
        &["model", "new model"],
        "newer than the recordings",
    ),
    listed(
        "cover_image_url: string recorded, null here",
        &["model"],
        "the built-in model has none",
    ),
    listed(
        "github_url: string recorded, null here",
        &["model"],
        "the built-in model has none",
    ),
    listed(
        "license_url: string recorded, null here",
        &["model"],
        "the built-in model has none",
    ),
    listed(
        "paper_url: string recorded, null here",
        &["model"],
        "the built-in model has none",
    ),
    listed(
        "default_example.data_removed: absent recorded, boolean here",
        &["model"],
        "as in any prediction",
    ),
    listed(
        "default_example.source: absent recorded, string here",
        &["model"],
        "as in any prediction",
    ),
    listed(
        "default_example.urls.web: absent recorded, string here",
        &["model"],
        "as in any prediction",
    ),
    listed(
        "default_example.webhook_completed: null recorded, absent here",
        &["model"],
        "as in any prediction",
    ),
];
