//! `vet`: verdicts: why, under which law, what another law would change, and what a partner may read of its own.

mod explain;
mod export;
mod rejudge;

use anyhow::Result;
use clap::Subcommand;

use super::context::{Code, Ctx, count};
use crate::verdicts::shown::Shown;

pub use explain::ExplainArgs;
pub use export::{ExportArgs, Format};
pub use rejudge::RejudgeArgs;

/// Verdicts: why, and under which law.
#[derive(Subcommand, Debug)]
pub enum VetCommand {
    /// Explain a posting's verdict: every finding with its law, its words in their text, and what to do
    Explain(ExplainArgs),
    /// Judge the store under the law of a day and show what changes
    Rejudge(RejudgeArgs),
    /// Write the verdicts on a source's own postings to a file, for the partner
    Export(ExportArgs),
    /// List the rules with their articles, validity and effects
    Laws,
}

/// Runs the command.
///
/// # Errors
/// When what was named is not there, a file cannot be written, or the store fails.
pub async fn run(ctx: &Ctx, command: &VetCommand) -> Result<Code> {
    match command {
        VetCommand::Explain(args) => explain::run(ctx, args).await,
        VetCommand::Rejudge(args) => rejudge::run(ctx, args).await,
        VetCommand::Export(args) => export::run(ctx, args).await,
        VetCommand::Laws => explain::laws(ctx),
    }
}

/// In a line: `93.2 % of 1,204 judged may be shown; SEX 41 held, AGE 30 held`; at most so many reasons.
pub(super) fn shown_words(shown: &Shown, most: usize) -> String {
    let Some(share) = shown.share else { return "nothing new or changed was judged".to_owned() };
    let effect = |word: &str| match word {
        "rejects" => "rejected",
        "holds" => "held",
        _ => "to look at",
    };
    let reason = |r: &crate::verdicts::shown::Reason| format!("{} {} {}", r.rule, count(r.postings), effect(&r.effect));
    let reasons: Vec<String> = shown.reasons.iter().take(most).map(reason).collect();
    let why = if reasons.is_empty() { String::new() } else { format!("; {}", reasons.join(", ")) };
    format!("{:.1} % of {} judged may be shown{why}", share * 100.0, count(shown.judged))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Counts;

    #[test]
    fn the_share_counts_what_was_judged_and_names_the_reasons() {
        let counts = Counts { published: 900, merged: 32, held: 60, rejected: 8, unchanged: 5000, ..Counts::default() };
        let reason = |rule: &str, effect: &str, postings| store::verdict::Reason {
            run: 1,
            rule: rule.to_owned(),
            effect: effect.to_owned(),
            postings,
        };
        let shown = Shown::of_counts(&counts, vec![reason("SEX", "holds", 1041), reason("MW", "rejects", 8)]);
        let want = "93.2 % of 1,000 judged may be shown; SEX 1,041 held, MW 8 rejected";
        assert_eq!(shown_words(&shown, 5), want);
        assert_eq!(shown_words(&Shown::of_counts(&Counts::default(), vec![]), 3), "nothing new or changed was judged");
    }
}
