//! From edits to a plan file.

use lamplighter_core::ports::{PlanOutcome, PlannedStack, StackEdit};
use lamplighter_core::words::PlanApply;
use similar::TextDiff;

use crate::TerraformError;
use crate::edits;
use crate::kept::{KeptPlans, Record};
use crate::originals;
use crate::source::{Edited, Module};
use crate::terraform::{Planned, Terraform};

/// Puts the edits in place and plans them.
pub(crate) async fn plan(
    terraform: &Terraform<'_>,
    kept: &KeptPlans,
    edits: &[StackEdit],
) -> Result<PlanOutcome, TerraformError> {
    let edited = match place(terraform, edits)? {
        Ok(edited) => edited,
        Err(reason) => return Ok(PlanOutcome::Failed { reason }),
    };
    let outcome = match planned(terraform, kept, edits, &edited).await {
        Err(TerraformError::Failed { step, reason }) => {
            Ok(PlanOutcome::Failed { reason: TerraformError::Failed { step, reason }.to_string() })
        }
        other => other,
    };
    if !matches!(outcome, Ok(PlanOutcome::Planned(_) | PlanOutcome::NothingToDo { .. })) {
        originals::restore(&terraform.dir, &terraform.base)?;
    }
    outcome
}

/// Puts the edits in place where they are not yet, so that the workspace is the one that was planned in.
/// The inner error says why they have no place.
pub(crate) fn place(
    terraform: &Terraform<'_>,
    edits: &[StackEdit],
) -> Result<Result<Vec<Edited>, String>, TerraformError> {
    let dir = &terraform.dir;
    originals::restore(dir, &terraform.base)?;
    let mut module = match Module::read(dir, terraform.binary.variables()) {
        Err(error @ TerraformError::Syntax { .. }) => return Ok(Err(error.to_string())),
        other => other?,
    };
    if let Err(reason) = edits::make(&mut module, edits) {
        return Ok(Err(reason));
    }
    let edited = module.edited();
    originals::write(dir, &terraform.base, &edited)?;
    Ok(Ok(edited))
}

async fn planned(
    terraform: &Terraform<'_>,
    kept: &KeptPlans,
    edits: &[StackEdit],
    edited: &[Edited],
) -> Result<PlanOutcome, TerraformError> {
    terraform.init().await?;
    let planned_on = terraform.state().await?;
    let new = kept.start()?;
    let changes = terraform.plan(&new.file()).await?;
    let plan = terraform.show(&new.file()).await?;
    let in_repository = |file: &Edited| format!("{}/{}", terraform.dir.relative, file.name);
    let diff = edited.iter().map(|file| unified(&in_repository(file), file)).collect();
    let edited = edited.iter().map(in_repository).collect();
    if changes == Planned::NoChanges && plan.is_empty() && plan.incomplete_because.is_empty() {
        return Ok(PlanOutcome::NothingToDo { edited });
    }
    let state_now = terraform.state().await?;
    let record = Record { stack: terraform.stack().clone(), edits: edits.to_vec() };
    let digest = kept.keep(new, &record)?;
    let apply = PlanApply { stack: terraform.stack().clone(), digest, plan, planned_on, state_now, edited };
    Ok(PlanOutcome::Planned(Box::new(PlannedStack { apply, diff })))
}

fn unified(path: &str, file: &Edited) -> String {
    let diff = TextDiff::from_lines(&file.before, &file.after);
    diff.unified_diff().context_radius(3).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}
