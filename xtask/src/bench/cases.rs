//! The cases: what each client does, how often, and what that is compared by.

/// One case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Counted unit.
    pub(super) unit: &'static str,
    pub(super) count: u64,
    pub(super) quick: u64,
    /// Other counts for slow clients; 0 where one does not have the case.
    pub(super) counts: &'static [(&'static str, u64)],
    pub(super) by: By,
    /// The most that ours should take, as a multiple of the floor.
    pub(super) goal: Option<f64>,
    /// What fails a quick run, as a multiple of the floor in instructions, and in CPU time where
    /// they cannot be counted: about twice what docs/performance.md shows.
    pub(super) limit: Option<(f64, f64)>,
    /// Two counts of calls whose difference in instructions is measured.
    pub(super) instructions: Option<(u64, u64)>,
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
    Case {
        name: "get",
        title: "one `predictions.get` after another, 2 KiB each",
        unit: "call",
        count: 3000,
        quick: 1500,
        counts: &[("Node", 1500), ("Python", 500), ("replicate-rs", 30)],
        by: By::Cpu,
        goal: Some(1.10),
        limit: Some((2.6, 3.2)),
        instructions: Some((100, 300)),
    },
    Case {
        name: "get-large",
        title: "the same, 200 KiB each",
        unit: "call",
        count: 1000,
        quick: 300,
        counts: &[("Node", 300), ("Python", 200), ("replicate-rs", 30)],
        by: By::Cpu,
        goal: Some(1.05),
        limit: Some((2.0, 2.2)),
        instructions: Some((20, 60)),
    },
    Case {
        name: "run",
        title: "`run` that is done when its create returns",
        unit: "run",
        count: 3000,
        quick: 1500,
        counts: &[("Node", 1500), ("Python", 500), RS_CANNOT],
        by: By::Cpu,
        goal: Some(1.15),
        limit: Some((3.0, 3.6)),
        instructions: Some((100, 300)),
    },
    Case {
        name: "latency",
        title: "from the server's terminal status to `run` returning, blocking",
        unit: "run",
        count: 200,
        quick: 0,
        counts: &[CLIENT_CANNOT, RS_CANNOT, ("Node", 100), ("Python", 100)],
        by: By::Delay,
        goal: None,
        limit: None,
        instructions: None,
    },
    Case {
        name: "latency-poll",
        title: "the same with polling every 100 ms",
        unit: "run",
        count: 40,
        quick: 0,
        counts: &[CLIENT_CANNOT, RS_CANNOT, ("Node", 0), ("Python", 0)],
        by: By::Delay,
        goal: None,
        limit: None,
        instructions: None,
    },
    Case {
        name: "stream",
        title: "a stream of small events, in chunks of 1 KiB",
        unit: "event",
        count: 1_000_000,
        quick: 100_000,
        counts: &[CLIENT_CANNOT, ("Node", 50_000), ("Python", 50_000)],
        by: By::Cpu,
        goal: None,
        limit: Some((2.5, 3.2)),
        instructions: Some((2_000, 12_000)),
    },
    Case {
        name: "stream-64k",
        title: "the same in chunks of 64 KiB",
        unit: "event",
        count: 1_000_000,
        quick: 50_000,
        counts: &[
            CLIENT_CANNOT,
            // Their time grows with the square of the chunk: enough to see it.
            ("floor", 50_000),
            ("replicate-rs", 50_000),
            ("Node", 5_000),
            ("Python", 50_000),
        ],
        by: By::Cpu,
        goal: None,
        limit: Some((0.12, 0.5)),
        instructions: Some((2_000, 8_000)),
    },
    Case {
        name: "stream-100k",
        title: "a stream of events of 100 KB, in chunks of 64 KiB",
        unit: "event",
        count: 200,
        quick: 100,
        counts: &[CLIENT_CANNOT, ("Node", 20), ("Python", 20)],
        by: By::Cpu,
        goal: None,
        limit: Some((0.3, 2.0)),
        instructions: Some((5, 25)),
    },
    Case {
        name: "stream-1b",
        title: "a stream of small events, in chunks of 1 byte",
        unit: "event",
        count: 20_000,
        quick: 0,
        counts: &[CLIENT_CANNOT, ("Node", 2_000), ("Python", 2_000)],
        by: By::Cpu,
        goal: None,
        limit: None,
        instructions: None,
    },
    Case {
        name: "stream-10m",
        title: "a stream of events of 10 MB, in chunks of 1 MiB",
        unit: "event",
        count: 4,
        quick: 0,
        counts: &[CLIENT_CANNOT, ("Node", 0), ("Python", 2)],
        by: By::Cpu,
        goal: None,
        limit: None,
        instructions: None,
    },
    Case {
        name: "stream-10m-1k",
        title: "the same in chunks of 1 KiB",
        unit: "event",
        count: 4,
        quick: 0,
        // The others parse the event anew with each chunk: no end in minutes.
        counts: &[
            CLIENT_CANNOT,
            RS_CANNOT,
            ("floor", 0),
            ("Node", 0),
            ("Python", 0),
        ],
        by: By::Cpu,
        goal: None,
        limit: None,
        instructions: None,
    },
    Case {
        name: "upload",
        title: "upload of a file of 100 MiB",
        unit: "MiB",
        count: 100 * MIB,
        quick: 64 * MIB,
        counts: &[RS_CANNOT],
        by: By::Wall,
        goal: Some(1.05),
        limit: Some((2.0, 2.5)),
        instructions: Some((MIB, 9 * MIB)),
    },
    Case {
        name: "download",
        title: "download of 1 GiB to disk",
        unit: "MiB",
        count: 1024 * MIB,
        quick: 64 * MIB,
        counts: &[CLIENT_CANNOT, RS_CANNOT],
        by: By::Wall,
        goal: Some(1.05),
        limit: Some((2.2, 2.5)),
        instructions: Some((MIB, 17 * MIB)),
    },
    Case {
        name: "pages",
        title: "a list of 1,000 pages of 100 items",
        unit: "page",
        count: 1000,
        quick: 100,
        counts: &[RS_CANNOT, ("Node", 300), ("Python", 100)],
        by: By::Cpu,
        goal: Some(1.10),
        limit: Some((2.3, 2.5)),
        instructions: Some((10, 40)),
    },
    Case {
        name: "many",
        title: "10,000 runs at once in one process, HTTP/1.1",
        unit: "run",
        count: 10_000,
        quick: 0,
        counts: &[CLIENT_CANNOT, RS_CANNOT, ("Node", 0), ("Python", 0)],
        by: By::Peak,
        goal: Some(1.15),
        limit: None,
        instructions: None,
    },
    Case {
        name: "many-h2",
        title: "the same over HTTP/2, as the API speaks it",
        unit: "run",
        count: 10_000,
        quick: 0,
        counts: &[CLIENT_CANNOT, RS_CANNOT, ("Node", 0), ("Python", 0)],
        by: By::Peak,
        goal: Some(1.15),
        limit: None,
        instructions: None,
    },
];

impl Case {
    /// Number of units that a client processes.
    pub(super) fn count(&self, client: &str, quick: bool) -> u64 {
        let count = if quick { self.quick } else { self.count };
        let own = self.counts.iter().find(|(name, _)| *name == client);
        own.map_or(count, |(_, own)| count.min(*own))
    }

    /// How many units of a count are one that is printed.
    pub(super) fn scale(&self) -> u64 {
        if self.unit == "MiB" { MIB } else { 1 }
    }
}
