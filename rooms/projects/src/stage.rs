//! Stage is how far a project is; status is how it fares. The two never contradict each other.

/// How far, in order.
pub const STAGES: [&str; 8] =
    ["identified", "contacted", "engaged", "proposal_received", "negotiating", "agreed", "landed", "operating"];

/// How it fares; the last four are ends.
pub const STATUSES: [&str; 7] = ["active", "delayed", "dormant", "withdrawn", "lapsed", "downsized", "exited"];

/// The place of a stage in the order; none for a word that is no stage.
pub fn place(stage: &str) -> Option<usize> {
    STAGES.iter().position(|known| *known == stage)
}

/// An end: the project's stage stays where it was.
pub fn is_end(status: &str) -> bool {
    matches!(status, "withdrawn" | "lapsed" | "downsized" | "exited")
}

/// Whether a project at this stage can fare so. Withdrawing and lapsing end what has not landed;
/// downsizing and exiting end what has.
pub fn fits(stage: &str, status: &str) -> bool {
    let landed = matches!(stage, "landed" | "operating");
    match status {
        "active" | "delayed" => true,
        // What operates is not asleep; it is active, delayed or ended.
        "dormant" => stage != "operating",
        "withdrawn" | "lapsed" => !landed,
        "downsized" | "exited" => landed,
        _ => false,
    }
}

/// Text key of a stage's name: `proposal_received` is `stage-proposal-received`.
pub fn stage_key(stage: &str) -> String {
    format!("stage-{}", stage.replace('_', "-"))
}

pub fn status_key(status: &str) -> String {
    format!("status-{status}")
}

/// How a status is coloured; the word always stands beside it.
pub fn tone(status: &str) -> &'static str {
    match status {
        "active" => "good",
        "delayed" | "dormant" => "attention",
        _ => "danger",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_decided_and_each_stage_can_end_in_two_ways() {
        for stage in STAGES {
            let ends: Vec<_> = STATUSES.iter().filter(|status| is_end(status) && fits(stage, status)).collect();
            assert_eq!(ends.len(), 2, "{stage}");
            assert!(fits(stage, "active") && fits(stage, "delayed"));
        }
        assert!(!fits("operating", "lapsed") && !fits("contacted", "exited") && !fits("operating", "dormant"));
        assert!(!fits("agreed", "thriving"));
    }
}
