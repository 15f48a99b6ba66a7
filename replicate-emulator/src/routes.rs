//! The routes, and the operation of each.

use std::sync::LazyLock;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::problem::Problem;

macro_rules! operations {
    ($($operation:ident = $id:literal at $method:literal $path:literal;)*) => {
        /// An operation of the API or of the emulator itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Operation { $($operation),* }

        impl Operation {
            /// The operation's id, which for an operation of the API is the API's own.
            pub(crate) fn id(self) -> &'static str {
                match self { $(Self::$operation => $id),* }
            }
        }

        const ROUTES: &[(&str, &str, Operation)] = &[
            $(($method, $path, Operation::$operation)),*
        ];
    };
}

operations! {
    AccountGet = "account.get" at "GET" "/v1/account";
    CollectionsList = "collections.list" at "GET" "/v1/collections";
    CollectionsGet = "collections.get" at "GET" "/v1/collections/{}";
    DeploymentsList = "deployments.list" at "GET" "/v1/deployments";
    DeploymentsCreate = "deployments.create" at "POST" "/v1/deployments";
    DeploymentsGet = "deployments.get" at "GET" "/v1/deployments/{}/{}";
    DeploymentsUpdate = "deployments.update" at "PATCH" "/v1/deployments/{}/{}";
    DeploymentsDelete = "deployments.delete" at "DELETE" "/v1/deployments/{}/{}";
    DeploymentsPredictionsCreate = "deployments.predictions.create" at "POST" "/v1/deployments/{}/{}/predictions";
    FilesList = "files.list" at "GET" "/v1/files";
    FilesCreate = "files.create" at "POST" "/v1/files";
    FilesGet = "files.get" at "GET" "/v1/files/{}";
    FilesDelete = "files.delete" at "DELETE" "/v1/files/{}";
    FilesDownload = "files.download" at "GET" "/v1/files/{}/download";
    HardwareList = "hardware.list" at "GET" "/v1/hardware";
    ModelsList = "models.list" at "GET" "/v1/models";
    ModelsCreate = "models.create" at "POST" "/v1/models";
    ModelsSearch = "models.search" at "QUERY" "/v1/models";
    ModelsGet = "models.get" at "GET" "/v1/models/{}/{}";
    ModelsUpdate = "models.update" at "PATCH" "/v1/models/{}/{}";
    ModelsDelete = "models.delete" at "DELETE" "/v1/models/{}/{}";
    ModelsExamplesList = "models.examples.list" at "GET" "/v1/models/{}/{}/examples";
    ModelsPredictionsCreate = "models.predictions.create" at "POST" "/v1/models/{}/{}/predictions";
    ModelsReadmeGet = "models.readme.get" at "GET" "/v1/models/{}/{}/readme";
    ModelsVersionsList = "models.versions.list" at "GET" "/v1/models/{}/{}/versions";
    ModelsVersionsGet = "models.versions.get" at "GET" "/v1/models/{}/{}/versions/{}";
    ModelsVersionsDelete = "models.versions.delete" at "DELETE" "/v1/models/{}/{}/versions/{}";
    TrainingsCreate = "trainings.create" at "POST" "/v1/models/{}/{}/versions/{}/trainings";
    PredictionsList = "predictions.list" at "GET" "/v1/predictions";
    PredictionsCreate = "predictions.create" at "POST" "/v1/predictions";
    PredictionsGet = "predictions.get" at "GET" "/v1/predictions/{}";
    PredictionsCancel = "predictions.cancel" at "POST" "/v1/predictions/{}/cancel";
    Search = "search" at "GET" "/v1/search";
    TrainingsList = "trainings.list" at "GET" "/v1/trainings";
    TrainingsGet = "trainings.get" at "GET" "/v1/trainings/{}";
    TrainingsCancel = "trainings.cancel" at "POST" "/v1/trainings/{}/cancel";
    WebhooksSecretGet = "webhooks.default.secret.get" at "GET" "/v1/webhooks/default/secret";
    StreamsGet = "streams.get" at "GET" "/streams/{}";
    OutputsGet = "outputs.get" at "GET" "/outputs/{}/{}";
    CogEvent = "cog.event" at "POST" "/cog/events/{}";
    ControlFaultsAdd = "control.faults.add" at "POST" "/emulator/faults";
    ControlFaultsClear = "control.faults.clear" at "DELETE" "/emulator/faults";
    ControlTimeAdvance = "control.time.advance" at "POST" "/emulator/time";
    ControlDownloadsSign = "control.downloads.sign" at "POST" "/emulator/downloads";
    ControlRateLimitSet = "control.rate_limit.set" at "PUT" "/emulator/rate-limit";
    ControlRateLimitClear = "control.rate_limit.clear" at "DELETE" "/emulator/rate-limit";
    ControlOutageStart = "control.outage.start" at "POST" "/emulator/outage";
    ControlOutageEnd = "control.outage.end" at "DELETE" "/emulator/outage";
    PageHome = "page.home" at "GET" "/";
    PagePrediction = "page.prediction" at "GET" "/p/{}";
    PageModel = "page.model" at "GET" "/{}/{}";
}

impl Operation {
    /// Whether the call must have a token. The URLs of streams, outputs and signed downloads are
    /// capabilities, the dashboard is for people, and search finds only what is public.
    pub(crate) fn needs_token(self) -> bool {
        !matches!(
            self,
            Self::FilesDownload
                | Self::Search
                | Self::StreamsGet
                | Self::OutputsGet
                | Self::CogEvent
        ) && !self.is_page()
    }

    /// Whether it is a page of the dashboard. No fault applies to it.
    pub(crate) fn is_page(self) -> bool {
        self.id().starts_with("page.")
    }

    /// Whether it creates a prediction or a training. The API limits these calls more strictly.
    pub(crate) fn creates_job(self) -> bool {
        matches!(
            self,
            Self::PredictionsCreate
                | Self::ModelsPredictionsCreate
                | Self::DeploymentsPredictionsCreate
                | Self::TrainingsCreate
        )
    }

    /// Whether it controls the emulator or comes from a Cog server. It is not a client's call: no
    /// fault applies, it is not counted, and it is not in the request log.
    pub(crate) fn is_internal(self) -> bool {
        self == Self::CogEvent || self.id().starts_with("control.")
    }

    /// Whether a client can call an operation whose id `wanted` accepts.
    pub(crate) fn exists(wanted: impl Fn(&str) -> bool) -> bool {
        let mut operations = ROUTES.iter().map(|(_, _, operation)| operation);
        operations.any(|operation| !operation.is_internal() && wanted(operation.id()))
    }
}

/// Returns the operation of a request, and its path parameters, percent-decoded.
pub(crate) fn find(method: &Method, path: &str) -> Result<(Operation, Vec<String>), Problem> {
    // HEAD is GET without the response body, which the server omits.
    let method = if method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let segments: Vec<&str> = path.split('/').collect();
    let mut allowed: Vec<&str> = Vec::new();
    for ((route_method, _, operation), pattern) in ROUTES.iter().zip(&*PATTERNS) {
        // The dashboard's `/{}/{}` must not match the API's own paths.
        if *operation == Operation::PageModel && (path.starts_with("/v1/") || !allowed.is_empty()) {
            continue;
        }
        if !matches(pattern, &segments) {
            continue;
        }
        if *route_method == method {
            let parameters = pattern.iter().zip(&segments);
            let parameters = parameters.filter(|(expected, _)| **expected == "{}");
            let decoded = |s: &str| percent_decode_str(s).decode_utf8_lossy().into_owned();
            return Ok((*operation, parameters.map(|(_, s)| decoded(s)).collect()));
        }
        allowed.push(route_method);
    }
    if allowed.is_empty() {
        Err(Problem::not_found(format!("{path} does not exist.")))
    } else {
        Err(Problem::method_not_allowed(&allowed.join(", ")))
    }
}

/// The segments of each route's path.
static PATTERNS: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    let paths = ROUTES.iter().map(|(_, path, _)| path);
    paths.map(|path| path.split('/').collect()).collect()
});

fn matches(pattern: &[&str], path: &[&str]) -> bool {
    pattern.len() == path.len()
        && pattern
            .iter()
            .zip(path)
            .all(|(expected, segment)| match *expected {
                "{}" => !segment.is_empty(),
                expected => expected == *segment,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_37_operations_of_the_api_are_routed() {
        let api = ROUTES
            .iter()
            .filter(|(_, path, _)| path.starts_with("/v1/"));
        assert_eq!(api.count(), 37);
    }

    #[test]
    fn each_route_finds_its_own_operation() {
        for (method, pattern, operation) in ROUTES {
            let path = pattern.replace("{}", "a%2Fb");
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let found = find(&method, &path).expect(pattern);
            assert_eq!(found.0, *operation);
            assert!(found.1.iter().all(|parameter| parameter == "a/b"));
        }
    }

    #[test]
    fn invalid_utf_8_in_a_path_is_replaced() {
        let (_, parameters) = find(&Method::GET, "/v1/predictions/%ff%00").expect("found");
        assert_eq!(parameters, ["\u{fffd}\0"]);
    }
}
