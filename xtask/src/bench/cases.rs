//! The cases: what each client does, how often, and what that is compared by.

/// One case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Counted unit.
    pub(super) unit: &'static str,
    count: u64,
    /// Other counts for slow clients; 0 where one does not have the case.
    counts: &'static [(&'static str, u64)],
    pub(super) by: By,
    /// The most that ours should take, as a multiple of the floor.
    pub(super) goal: Option<f64>,
    pub(super) quick: Option<Quick>,
}

/// The part of a case that a quick run measures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quick {
    count: u64,
    /// What fails it, as a multiple of the floor in instructions, and in CPU time where they cannot
    /// be counted: about twice what docs/performance.md shows.
    pub(super) limit: (f64, f64),
    /// Two counts of calls whose difference in instructions is measured.
    pub(super) instructions: (u64, u64),
}

/// Measure for the comparison of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// CPU time for each unit.
    Cpu,
    /// Time for each unit.
    Wall,
    /// Peak memory.
    Peak,
    /// The median of the delays that the client reports.
    Delay,
}

const MIB: u64 = 1 << 20;

const CLIENT_CANNOT: (&str, u64) = ("replicate-client", 0);
const RS_CANNOT: (&str, u64) = ("replicate-rs", 0);

pub(super) const CASES: &[Case] = &[
    Case::new("get", "call", 3000)
        .title("one `predictions.get` after another, 2 KiB each")
        .counts(&[("Node", 1500), ("Python", 500), ("replicate-rs", 30)])
        .quick(1500, (2.6, 3.2), (100, 300))
        .goal(1.10),
    Case::new("get-large", "call", 1000)
        .title("the same, 200 KiB each")
        .counts(&[("Node", 300), ("Python", 200), ("replicate-rs", 30)])
        .quick(300, (2.0, 2.2), (20, 60))
        .goal(1.05),
    Case::new("run", "run", 3000)
        .title("`run` that is done when its create returns")
        .counts(&[("Node", 1500), ("Python", 500), RS_CANNOT])
        .quick(1500, (3.0, 3.6), (100, 300))
        .goal(1.15),
    Case::new("latency", "run", 200)
        .title("from the server's terminal status to `run` returning, blocking")
        .counts(&[CLIENT_CANNOT, RS_CANNOT, ("Node", 100), ("Python", 100)])
        .by(By::Delay),
    Case::new("latency-poll", "run", 40)
        .title("the same with polling every 100 ms")
        .counts(&[CLIENT_CANNOT, RS_CANNOT, ("Node", 0), ("Python", 0)])
        .by(By::Delay),
    Case::new("stream", "event", 1_000_000)
        .title("a stream of small events, in chunks of 1 KiB")
        .counts(&[CLIENT_CANNOT, ("Node", 50_000), ("Python", 50_000)])
        .quick(100_000, (2.5, 3.2), (2_000, 12_000)),
    Case::new("stream-64k", "event", 1_000_000)
        .title("the same in chunks of 64 KiB")
        .counts(&[
            CLIENT_CANNOT,
            // Their time grows with the square of the chunk: enough to see it.
            ("floor", 50_000),
            ("replicate-rs", 50_000),
            ("Node", 5_000),
            ("Python", 50_000),
        ])
        .quick(50_000, (0.12, 0.5), (2_000, 8_000)),
    Case::new("stream-100k", "event", 200)
        .title("a stream of events of 100 KB, in chunks of 64 KiB")
        .counts(&[CLIENT_CANNOT, ("Node", 20), ("Python", 20)])
        .quick(100, (0.3, 2.0), (5, 25)),
    Case::new("stream-1b", "event", 20_000)
        .title("a stream of small events, in chunks of 1 byte")
        .counts(&[CLIENT_CANNOT, ("Node", 2_000), ("Python", 2_000)]),
    Case::new("stream-10m", "event", 4)
        .title("a stream of events of 10 MB, in chunks of 1 MiB")
        .counts(&[CLIENT_CANNOT, ("Node", 0), ("Python", 2)]),
    Case::new("stream-10m-1k", "event", 4)
        .title("the same in chunks of 1 KiB")
        // The others parse the event anew with each chunk: no end in minutes.
        .counts(&[
            CLIENT_CANNOT,
            RS_CANNOT,
            ("floor", 0),
            ("Node", 0),
            ("Python", 0),
        ]),
    Case::new("upload", "MiB", 100 * MIB)
        .title("upload of a file of 100 MiB")
        .counts(&[RS_CANNOT])
        .by(By::Wall)
        .quick(64 * MIB, (2.0, 2.5), (MIB, 9 * MIB))
        .goal(1.05),
    Case::new("download", "MiB", 1024 * MIB)
        .title("download of 1 GiB to disk")
        .counts(&[CLIENT_CANNOT, RS_CANNOT])
        .by(By::Wall)
        .quick(64 * MIB, (2.2, 2.5), (MIB, 17 * MIB))
        .goal(1.05),
    Case::new("pages", "page", 1000)
        .title("a list of 1,000 pages of 100 items")
        .counts(&[RS_CANNOT, ("Node", 300), ("Python", 100)])
        .quick(100, (2.3, 2.5), (10, 40))
        .goal(1.10),
    Case::new("many", "run", 10_000)
        .title("10,000 runs at once in one process, HTTP/1.1")
        .counts(&[CLIENT_CANNOT, RS_CANNOT, ("Node", 0), ("Python", 0)])
        .by(By::Peak)
        .goal(1.15),
    Case::new("many-h2", "run", 10_000)
        .title("the same over HTTP/2, as the API speaks it")
        .counts(&[CLIENT_CANNOT, RS_CANNOT, ("Node", 0), ("Python", 0)])
        .by(By::Peak)
        .goal(1.15),
];

impl Case {
    const fn new(name: &'static str, unit: &'static str, count: u64) -> Self {
        Self {
            name,
            title: "",
            unit,
            count,
            counts: &[],
            by: By::Cpu,
            goal: None,
            quick: None,
        }
    }

    const fn title(self, title: &'static str) -> Self {
        Self { title, ..self }
    }

    const fn counts(self, counts: &'static [(&'static str, u64)]) -> Self {
        Self { counts, ..self }
    }

    const fn by(self, by: By) -> Self {
        Self { by, ..self }
    }

    const fn goal(self, goal: f64) -> Self {
        let goal = Some(goal);
        Self { goal, ..self }
    }

    /// Also measured by a quick run: the fields of [`Quick`].
    const fn quick(self, count: u64, limit: (f64, f64), instructions: (u64, u64)) -> Self {
        let quick = Some(Quick {
            count,
            limit,
            instructions,
        });
        Self { quick, ..self }
    }

    /// Number of units that a client processes.
    pub(super) fn count(&self, client: &str, quick: bool) -> u64 {
        let count = match quick {
            true => self.quick.map_or(0, |quick| quick.count),
            false => self.count,
        };
        let own = self.counts.iter().find(|(name, _)| *name == client);
        own.map_or(count, |(_, own)| count.min(*own))
    }

    /// How many units of a count are one that is printed.
    pub(super) fn scale(&self) -> u64 {
        if self.unit == "MiB" { MIB } else { 1 }
    }
}
