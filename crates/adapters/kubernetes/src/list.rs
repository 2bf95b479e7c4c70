use kube::api::ListParams;
use kube::core::Request;
use lamplighter_core::ports::Scope;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::resource::{Kind, Resource};
use crate::{KubernetesCluster, KubernetesError, Operation};

/// A page of a list.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Page<T> {
    #[serde(default)]
    metadata: PageMeta,
    // Go writes an empty list as `null`.
    items: Option<Vec<T>>,
}

/// `metav1.ListMeta`, as far as it is looked at.
#[derive(Deserialize, Default)]
#[serde(default)]
struct PageMeta {
    r#continue: Option<String>,
}

impl KubernetesCluster {
    /// The objects of a kind in every namespace of the scope.
    pub(crate) async fn list<T: Kind>(&self, scope: &Scope) -> Result<Vec<T>, KubernetesError> {
        if !T::NAMESPACED || scope.namespaces.is_empty() {
            return self.list_in(None).await;
        }
        let mut objects = Vec::new();
        for namespace in &scope.namespaces {
            objects.extend(self.list_in(Some(namespace)).await?);
        }
        Ok(objects)
    }

    /// Reads the newest version that the server has. A namespace that is not there has an empty list: a list that is
    /// not found is one that the server does not know.
    async fn list_in<T: Kind>(&self, namespace: Option<&str>) -> Result<Vec<T>, KubernetesError> {
        let mut outcome = self.list_version(T::RESOURCE, namespace).await;
        for version in T::OLDER {
            if !matches!(outcome, Err(KubernetesError::NotFound { .. })) {
                break;
            }
            outcome = self.list_version(Resource { version, ..T::RESOURCE }, namespace).await;
        }
        outcome
    }

    /// Reads page after page. A list that becomes too old on the way is read from its begin once more.
    async fn list_version<T: Kind>(
        &self,
        resource: Resource,
        namespace: Option<&str>,
    ) -> Result<Vec<T>, KubernetesError> {
        let operation = Operation::list(resource, namespace)?;
        match self.pages(&operation).await {
            Err(KubernetesError::Expired { .. }) => self.pages(&operation).await,
            outcome => outcome,
        }
    }

    async fn pages<T: Kind>(&self, operation: &Operation) -> Result<Vec<T>, KubernetesError> {
        let mut objects = Vec::new();
        let mut params = ListParams { limit: (self.page_size > 0).then_some(self.page_size), ..ListParams::default() };
        loop {
            let request = Request::new(operation.path()).list(&params)?;
            let page: Page<T> = self.api.json(operation, request).await?;
            objects.extend(page.items.unwrap_or_default());
            match page.metadata.r#continue.filter(|token| !token.is_empty()) {
                Some(token) => params.continue_token = Some(token),
                None => return Ok(objects),
            }
        }
    }
}
