//! Applying exactly the plan file that was judged, and finding out later whether that was done.

use std::time::Duration;

use lamplighter_core::ports::Standing;
use lamplighter_core::words::PlanApply;

use crate::TerraformError;
use crate::kept::KeptPlans;
use crate::plan::place;
use crate::terraform::{Planned, Terraform};

/// How often it is looked whether an apply that somebody left behind has ended.
const LOOK: Duration = Duration::from_millis(100);

/// Applies it.
pub(crate) async fn apply(
    terraform: &Terraform<'_>,
    kept: &KeptPlans,
    apply: &PlanApply,
) -> Result<(), TerraformError> {
    let file = kept.file(&apply.digest)?;
    let record = kept.record(&apply.digest)?;
    if record.stack != apply.stack {
        return Err(TerraformError::PlanFile { digest: apply.digest.short().to_owned(), fault: "is of another stack" });
    }
    place(terraform, &record.edits)?.map_err(|_reason| TerraformError::Moved { stack: apply.stack.to_string() })?;
    terraform.init().await?;
    // The digest says which file, and the file says what it would do: what was judged has to be that.
    if terraform.show(&file).await? != apply.plan {
        return Err(TerraformError::PlanFile {
            digest: apply.digest.short().to_owned(),
            fault: "would do something else than what was judged",
        });
    }
    let log = kept.begin_apply(&apply.digest)?;
    terraform.apply(&file, log).await
}

/// Looks at the state, once no apply of this plan is running.
///
/// A state that has moved says nothing by itself: the apply may have ended half way. Applied is what leaves
/// no difference between the configuration that was planned and the state.
pub(crate) async fn standing(
    terraform: &Terraform<'_>,
    kept: &KeptPlans,
    apply: &PlanApply,
) -> Result<Standing, TerraformError> {
    wait_for_the_end(terraform, kept, apply).await?;
    terraform.init().await?;
    let now = terraform.state().await?;
    if now == apply.planned_on {
        return Ok(Standing::NotApplied);
    }
    let unclear = |reason: String| Ok(Standing::Unclear { reason });
    if !apply.planned_on.lineage.is_empty() && now.lineage != apply.planned_on.lineage {
        return unclear("the state is another one than the plan was made from".to_owned());
    }
    let Ok(record) = kept.record(&apply.digest) else {
        return unclear("the state has moved and the plan is not kept here any more".to_owned());
    };
    if let Err(reason) = place(terraform, &record.edits)? {
        return unclear(format!("the state has moved and so have the files: {reason}"));
    }
    match terraform.compare().await {
        Ok(Planned::NoChanges) => Ok(Standing::Applied),
        Ok(Planned::Changes) => unclear(format!(
            "the state moved from serial {} to {} and still differs from what was planned",
            apply.planned_on.serial, now.serial
        )),
        Err(TerraformError::Failed { reason, .. }) => {
            unclear(format!("the state has moved and cannot be compared with what was planned: {reason}"))
        }
        Err(error) => Err(error),
    }
}

/// Waits for an apply that has outlived the process that started it.
async fn wait_for_the_end(
    terraform: &Terraform<'_>,
    kept: &KeptPlans,
    apply: &PlanApply,
) -> Result<(), TerraformError> {
    let limit = terraform.options.apply_timeout + terraform.options.grace;
    let ended = async {
        while kept.is_being_applied(&apply.digest)? {
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    };
    tokio::time::timeout(limit, ended)
        .await
        .unwrap_or_else(|_elapsed| Err(TerraformError::BeingApplied { digest: apply.digest.short().to_owned() }))
}
