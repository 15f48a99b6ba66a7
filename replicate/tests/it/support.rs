//! What the tests of handles and of cancellation share.

use replicate::Progress;
use replicate_test_support::Gate;

/// A callback that opens the gate once the prediction is processing.
pub(crate) fn processing() -> (Gate, impl FnMut(Progress<'_>) + Send + 'static) {
    let gate = Gate::new();
    let opens = gate.clone();
    let callback = move |progress: Progress<'_>| {
        if progress
            .snapshot()
            .is_some_and(|it| it.status == "processing")
        {
            opens.open();
        }
    };
    (gate, callback)
}
