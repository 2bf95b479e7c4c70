//! The played Vault behind TLS, with a certificate that no system trusts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use lamplighter_core::ErrorKind::Unavailable;
use lamplighter_testkit::world::vault::Node;
use lamplighter_vault::VaultSettings;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::support::{Town, assert_reads, failure, password};

/// Takes TLS off in front of a town's Vault; returns its address and the file with its certificate.
async fn behind_tls(town: &Town) -> (SocketAddr, PathBuf) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let file = town.jwt_path().with_file_name("ca.pem");
    std::fs::write(&file, certificate.pem()).unwrap();
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![certificate.der().clone()], key.into()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let vault = town.vault.url().replace("http://", "");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (acceptor, vault) = (acceptor.clone(), vault.clone());
            tokio::spawn(async move {
                let mut inside = TcpStream::connect(vault).await?;
                let mut outside = acceptor.accept(connection).await?;
                tokio::io::copy_bidirectional(&mut outside, &mut inside).await
            });
        }
    });
    (address, file)
}

#[tokio::test]
async fn a_certificate_is_trusted_only_where_its_ca_is_given() {
    let town = Town::new();
    let (address, ca) = behind_tls(&town).await;
    let settings = || VaultSettings::new(format!("https://localhost:{}", address.port()), town.kubernetes());
    assert_reads(password(&town.secrets_with(settings().with_ca_file(&ca))).await);
    let asked = town.vault.requests().len();
    failure(password(&town.secrets_with(settings())).await, Unavailable, "vault cannot be reached");
    let other = VaultSettings::new(format!("https://{address}"), town.kubernetes()).with_ca_file(&ca);
    failure(password(&town.secrets_with(other)).await, Unavailable, "vault cannot be reached");
    assert_eq!(town.vault.requests().len(), asked, "nothing is sent to somebody who may be another");
}

#[tokio::test]
async fn a_standby_behind_tls_leads_nowhere_without_it() {
    let (town, active) = (Town::new(), Town::new());
    let (address, ca) = behind_tls(&town).await;
    let settings = VaultSettings::new(format!("https://localhost:{}", address.port()), town.kubernetes());
    let secrets = town.secrets_with(settings.with_ca_file(ca));
    town.vault.become_node(Node::Standby(Some(active.vault.url())));
    failure(password(&secrets).await, Unavailable, "no node of it");
    assert_eq!(active.vault.requests(), []);
}
