//! `emulator/slow` takes a given time, with a progress bar in its logs.

use std::time::Duration;

use serde_json::{Value, json};

use super::{input, number, words};
use crate::model::Model;

pub(super) fn model() -> Model {
    Model::new("emulator/slow")
        .description("Takes a given time, with a progress bar in its logs")
        .readme(
            "# slow\n\nWrites a progress bar in the form of Python's tqdm to its logs, one line a \
             step, and says at the end how long it took.\n",
        )
        .official(true)
        .input_schema(input(
            &[],
            json!({
                "seconds": number("number", "Seconds", 0, "How long it takes", 2, [0, 86400]),
                "steps": number("integer", "Steps", 1, "How many steps the progress bar has", 10, [1, 10000]),
            }),
        ))
        .output_schema(words())
        .run(|input, context| async move {
            let seconds = input["seconds"].as_f64().unwrap_or(2.0);
            let steps = input["steps"].as_f64().unwrap_or(10.0) as u32;
            let each = Duration::from_secs_f64(seconds / f64::from(steps));
            context.log(bar(0, steps, each));
            for step in 1..=steps {
                context.sleep(each).await;
                context.log(bar(step, steps, each));
            }
            context.yield_output(format!("took {seconds} s"));
            Ok(Value::Null)
        })
}

/// A line such as ` 30%|███       | 3/10 [00:00<00:01,  5.00it/s]`.
fn bar(step: u32, steps: u32, each: Duration) -> String {
    let part = f64::from(step) / f64::from(steps);
    let eighths = (part * 80.0) as usize;
    let full = "█".repeat(eighths / 8);
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    let blank = " ".repeat(10 - eighths / 8 - usize::from(!rest.is_empty()));
    let clock = |steps: u32| {
        let seconds = (each * steps).as_secs();
        format!("{:02}:{:02}", seconds / 60, seconds % 60)
    };
    let percent = (part * 100.0) as u32;
    let (passed, left, rate) = if step == 0 {
        ("00:00".to_owned(), "?".to_owned(), "?it/s".to_owned())
    } else {
        let rate = 1.0 / each.as_secs_f64().max(1e-6);
        (clock(step), clock(steps - step), format!("{rate:5.2}it/s"))
    };
    format!("{percent:3}%|{full}{rest}{blank}| {step}/{steps} [{passed}<{left}, {rate}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_the_form_of_tqdm() {
        let each = Duration::from_millis(200);
        assert_eq!(bar(0, 10, each), "  0%|          | 0/10 [00:00<?, ?it/s]");
        assert_eq!(
            bar(3, 10, each),
            " 30%|███       | 3/10 [00:00<00:01,  5.00it/s]"
        );
        assert_eq!(
            bar(1, 16, each),
            "  6%|▋         | 1/16 [00:00<00:03,  5.00it/s]"
        );
        assert_eq!(
            bar(10, 10, each),
            "100%|██████████| 10/10 [00:02<00:00,  5.00it/s]"
        );
    }
}
