use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use kube::client::{AuthError, ClientBuilder};
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};
use kube::{Client, Config};

use crate::KubernetesError;

/// The configuration that is meant.
pub(crate) async fn config(kubeconfig: Option<PathBuf>, context: Option<String>) -> Result<Config, KubernetesError> {
    let options = KubeConfigOptions { context, ..KubeConfigOptions::default() };
    let mut config = match kubeconfig {
        Some(path) => {
            let unusable = |error: &KubeconfigError| {
                KubernetesError::Configuration(format!("{}: {}", path.display(), describe(error)))
            };
            let kubeconfig = Kubeconfig::read_from(&path).map_err(|error| unusable(&error))?;
            Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|error| unusable(&error))?
        }
        None => inferred(&options).await?,
    };
    if is_loopback(&config) {
        config.proxy_url = None;
    }
    Ok(config)
}

/// The address of the API server, without whatever else its URL may hold.
pub(crate) fn server(config: &Config) -> String {
    let url = &config.cluster_url;
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme_str().unwrap_or("https"), url.host().unwrap_or_default())
}

/// A client that neither retries (this crate does, and knows what is safe) nor waits forever.
pub(crate) fn client(mut config: Config, request_timeout: Duration) -> Result<Client, KubernetesError> {
    config.default_retry = false;
    config.connect_timeout = Some(request_timeout);
    config.write_timeout = Some(request_timeout);
    let unusable = |error: &kube::Error| match error {
        kube::Error::Auth(error) => KubernetesError::Configuration(describe_auth(error)),
        error => KubernetesError::Configuration(error.to_string()),
    };
    Ok(ClientBuilder::try_from(config).map_err(|error| unusable(&error))?.build())
}

/// Why credentials could not be had, without a part of them.
pub(crate) fn describe_auth(error: &AuthError) -> String {
    match error {
        // The output of a credential plugin is a credential, and its arguments may be.
        AuthError::AuthExecRun { out, .. } => {
            format!("the credential plugin of the kubeconfig failed with {}; run it by hand to see why", out.status)
        }
        AuthError::AuthExecParse(_) => {
            "the credential plugin of the kubeconfig did not print an ExecCredential".to_owned()
        }
        AuthError::ParseTokenKey(_) => "the credential helper of the kubeconfig printed no token".to_owned(),
        error => error.to_string(),
    }
}

async fn inferred(options: &KubeConfigOptions) -> Result<Config, KubernetesError> {
    match Config::from_kubeconfig(options).await {
        Ok(config) => Ok(config),
        // A context exists in kubeconfigs only.
        Err(error) if options.context.is_some() => Err(KubernetesError::Configuration(describe(&error))),
        Err(error) => Config::incluster().map_err(|_outside| {
            let error = describe(&error);
            KubernetesError::Configuration(format!(
                "no cluster is configured: {error}; set KUBECONFIG, name a kubeconfig, or run in a pod with a service account"
            ))
        }),
    }
}

fn describe(error: &KubeconfigError) -> String {
    match error {
        // The parser's own message quotes the lines around the error, and tokens stand there.
        KubeconfigError::Parse(error) => match error.location() {
            Some(location) => format!("the kubeconfig is not valid YAML at line {}", location.line()),
            None => "the kubeconfig is not valid YAML".to_owned(),
        },
        KubeconfigError::LoadContext(context) => {
            format!("the kubeconfig has no context {context}; `kubectl config get-contexts` lists what it has")
        }
        error => error.to_string(),
    }
}

fn is_loopback(config: &Config) -> bool {
    let host = config.cluster_url.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
