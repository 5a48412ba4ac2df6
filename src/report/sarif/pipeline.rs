//! What Azure DevOps wants to know of the pipeline that a run belongs to; it refuses runs that do not say.
//!
//! Source: the rules `GHAzDO1014`, `GHAzDO1019` and `GHAzDO1020` of Microsoft's SARIF validator.

use serde::Serialize;

/// A run of a pipeline of Azure DevOps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pipeline {
    /// Organization.
    pub organization: String,
    /// Project.
    pub project: String,
    /// Number of the pipeline's definition; `-1` outside of any.
    pub definition_id: i64,
    /// Name of the definition.
    pub definition_name: String,
    /// GUID of the phase.
    pub phase_id: String,
    /// Name of the phase.
    pub phase_name: String,
    /// Branch, such as `refs/heads/main`.
    pub branch: String,
    /// Number of the build.
    pub build_id: String,
}

impl Pipeline {
    /// What stands for a pipeline where none runs, for a snapshot of that tenant.
    pub(super) fn none(tenant: &str) -> Self {
        Self {
            organization: "none".to_owned(),
            project: tenant.to_owned(),
            definition_id: -1,
            definition_name: env!("CARGO_PKG_NAME").to_owned(),
            // Any GUID will do but the empty one.
            phase_id: "ffffffff-ffff-4fff-8fff-ffffffffffff".to_owned(),
            phase_name: "none".to_owned(),
            branch: "none".to_owned(),
            build_id: "0".to_owned(),
        }
    }

    /// The id of a run, in the service's form.
    pub(super) fn run_id(&self) -> String {
        let definition = self.definition_id.to_string();
        let levels = [
            &self.organization,
            &self.project,
            &definition,
            &self.phase_id,
            &self.branch,
            &self.build_id,
        ];
        // A slash divides the levels of the id.
        let levels = levels.map(|level| level.replace('/', "%2F"));
        format!("azuredevops/pipeline/build/{}", levels.join("/"))
    }

    pub(super) fn properties(&self) -> PipelineProperties<'_> {
        PipelineProperties {
            definition_id: self.definition_id.to_string(),
            definition_name: &self.definition_name,
            phase_id: &self.phase_id,
            phase_name: &self.phase_name,
        }
    }
}

#[derive(Serialize)]
pub(super) struct PipelineProperties<'a> {
    #[serde(rename = "azuredevops/pipeline/build/buildDefinitionId")]
    // As a text: the service's validator fails on a number.
    definition_id: String,
    #[serde(rename = "azuredevops/pipeline/build/buildDefinitionName")]
    definition_name: &'a str,
    #[serde(rename = "azuredevops/pipeline/build/phaseId")]
    phase_id: &'a str,
    #[serde(rename = "azuredevops/pipeline/build/phaseName")]
    phase_name: &'a str,
}
