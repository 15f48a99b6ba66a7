//! What Prism, schemathesis, or the description itself has wrong.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Prism,
    Schemathesis,
}

/// A finding that is not the emulator's fault.
pub(super) struct Exception {
    tool: Tool,
    /// `METHOD /path/{of}/the/operation`; any if it is empty.
    operation: &'static str,
    /// Text that the finding contains.
    finding: &'static str,
    reason: &'static str,
}

pub(super) const EXCEPTIONS: [Exception; 5] = [
    Exception {
        tool: Tool::Prism,
        operation: "",
        finding: "Unable to match the returned status code",
        reason: "the description lists next to no errors; that each is a problem document is \
                 checked here instead",
    },
    Exception {
        tool: Tool::Prism,
        operation: "QUERY /models",
        finding: "Selected route not found",
        reason: "Prism knows no QUERY; its responses are validated here instead",
    },
    Exception {
        tool: Tool::Prism,
        operation: "POST /files",
        finding: "Request body property metadata must be object",
        reason: "Prism reads every part of a form as text, this one of type application/json too",
    },
    Exception {
        tool: Tool::Prism,
        operation: "GET /files/{file_id}/download",
        finding: "Invalid security scheme used",
        reason: "the description asks for a token in every call; here the signed URL is the \
                 permission",
    },
    Exception {
        tool: Tool::Schemathesis,
        operation: "GET /search",
        finding: "Undocumented Content-Type",
        reason: "the description gives this one error as application/json; all errors are \
                 application/problem+json",
    },
];

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operation = if self.operation.is_empty() {
            "any operation"
        } else {
            self.operation
        };
        let Self {
            tool,
            finding,
            reason,
            ..
        } = self;
        write!(f, "{tool:?}, {operation}, `{finding}`: {reason}")
    }
}

/// Whether a finding is listed; it is counted then.
pub(super) fn excuses(tool: Tool, operation: &str, finding: &str, counts: &mut [usize]) -> bool {
    let listed = EXCEPTIONS.iter().position(|exception| {
        exception.tool == tool
            && (exception.operation.is_empty() || exception.operation == operation)
            && finding.contains(exception.finding)
    });
    if let Some(count) = listed.and_then(|index| counts.get_mut(index)) {
        *count += 1;
    }
    listed.is_some()
}
