use std::fmt;

use crate::KubernetesError;
use crate::resource::Resource;

/// What was asked of the API server, in the words of a role: verb, resource and place.
///
/// Prints as `list pods`, `list pods in namespace apps`, `get pods/log apps/web-0`,
/// `patch deployments.apps/scale apps/web`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    verb: &'static str,
    resource: Resource,
    subresource: Option<&'static str>,
    namespace: Option<String>,
    name: Option<String>,
}

impl Operation {
    pub(crate) fn list(resource: Resource, namespace: Option<&str>) -> Result<Self, KubernetesError> {
        let namespace = namespace.map(checked).transpose()?;
        Ok(Self { verb: "list", resource, subresource: None, namespace, name: None })
    }

    pub(crate) fn on(
        verb: &'static str,
        resource: Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Self, KubernetesError> {
        let (namespace, name) = (Some(checked(namespace)?), Some(checked(name)?));
        Ok(Self { verb, resource, subresource: None, namespace, name })
    }

    pub(crate) fn of(self, subresource: &'static str) -> Self {
        Self { subresource: Some(subresource), ..self }
    }

    /// The path of the objects that it is about.
    pub(crate) fn path(&self) -> String {
        self.resource.path(self.namespace.as_deref())
    }

    /// The name of the one object that it is about.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The permission that it needs: ``permission `list` on `pods` ``.
    #[must_use]
    pub fn permission(&self) -> String {
        format!("permission `{}` on `{}`", self.verb, self.role_resource())
    }

    /// The command that makes a role with that permission, to be bound to `user`.
    #[must_use]
    pub fn grant(&self, user: Option<&str>) -> String {
        let resource = self.role_resource();
        let role = format!("lamplighter-{}-{}", self.verb, resource.replace('/', "-"));
        let (namespace, kind) = match &self.namespace {
            Some(namespace) => (format!("-n {namespace} "), "role"),
            None => (String::new(), "clusterrole"),
        };
        let user = user.map_or_else(|| "the account that this runs as".to_owned(), |user| format!("`{user}`"));
        let verb = self.verb;
        format!(
            "`kubectl {namespace}create {kind} {role} --verb={verb} --resource={resource}` and a {kind}binding to {user}"
        )
    }

    /// The resource as `kubectl create role --resource` takes it.
    fn role_resource(&self) -> String {
        let Resource { group, plural, .. } = self.resource;
        let group = if group.is_empty() { String::new() } else { format!(".{group}") };
        let subresource = self.subresource.map_or_else(String::new, |name| format!("/{name}"));
        format!("{plural}{group}{subresource}")
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.role_resource())?;
        match (&self.namespace, &self.name) {
            (Some(namespace), Some(name)) => write!(f, " {namespace}/{name}"),
            (Some(namespace), None) => write!(f, " in namespace {namespace}"),
            (None, Some(name)) => write!(f, " {name}"),
            (None, None) => Ok(()),
        }
    }
}

/// A name that goes into a path. The API's names are DNS subdomains (Kubernetes docs, "Object Names and
/// IDs"); what is none could lead the request elsewhere.
pub(crate) fn checked(name: &str) -> Result<String, KubernetesError> {
    let is_label = |label: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(inner)
    };
    if name.len() <= 253 && name.split('.').all(is_label) {
        Ok(name.to_owned())
    } else {
        Err(KubernetesError::Name(name.to_owned()))
    }
}
