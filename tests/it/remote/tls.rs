//! https speaks TLS with servers that a root certificate speaks for, and sends nothing to others.
//!
//! Each call is made by a process of its own, whose only root certificate is one that the test made: so the tests neither
//! need nor trust those of this system, and no proxy of this environment is in the way.

use std::{
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use quiltt_session::{NewSession, QuilttAuth, RemoteError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring};

use super::{API_SECRET, body, builder, server::json};
use crate::inner;

#[test]
#[cfg_attr(any(windows, target_vendor = "apple"), ignore = "the verifier of the system reads no SSL_CERT_FILE")]
fn a_trusted_server_gets_the_call() {
    let authority = Authority::new();
    let server = tls_server(authority.certify("127.0.0.1"));
    assert_eq!(call(&server.url, &authority), "created");
    let request = server.received.recv().unwrap();
    assert!(request.starts_with("POST /v1/users/sessions HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("authorization: Bearer {API_SECRET}\r\n")), "{request}");
}

#[test]
fn a_server_that_no_root_speaks_for_gets_nothing() {
    let server = tls_server(Authority::new().certify("127.0.0.1"));
    assert_eq!(call(&server.url, &Authority::new()), "Tls");
    assert_eq!(server.received.try_recv(), Err(mpsc::TryRecvError::Empty));
    assert_eq!(server.connections.load(Ordering::SeqCst), 1, "a certificate does not get better with time");
}

#[test]
fn a_server_with_the_certificate_of_another_gets_nothing() {
    let authority = Authority::new();
    let server = tls_server(authority.certify("auth.quiltt.io"));
    assert_eq!(call(&server.url, &authority), "Tls");
    assert_eq!(server.received.try_recv(), Err(mpsc::TryRecvError::Empty));
}

#[test]
fn a_server_without_tls_sees_no_secret() {
    let server = server(|mut stream, received| {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).unwrap();
        received.send(String::from_utf8_lossy(&bytes[..length]).into_owned()).unwrap();
        stream.write_all(json("200 OK", "{}").as_bytes()).unwrap();
    });
    assert_eq!(call(&server.url, &Authority::new()), "Tls");
    let hello = server.received.recv().unwrap();
    assert!(hello.starts_with('\u{16}') && !hello.contains(API_SECRET), "a TLS handshake and no secret in it");
}

#[test]
fn a_handshake_that_breaks_off_sent_nothing_so_it_is_repeated() {
    let server = server(|mut stream, _| assert_eq!(stream.read(&mut [0; 1]).unwrap(), 1));
    assert_eq!(call(&server.url, &Authority::new()), "Connect");
    assert_eq!(server.connections.load(Ordering::SeqCst), 3);
}

#[test]
#[cfg_attr(any(windows, target_vendor = "apple"), ignore = "the verifier of the system reads no SSL_CERT_FILE")]
fn a_token_that_is_refused_after_a_handshake_broke_off_was_not_revoked() {
    let authority = Authority::new();
    let config = Arc::new(authority.certify("127.0.0.1"));
    let is_first = AtomicBool::new(true);
    let server = server(move |stream, received| {
        if !is_first.swap(false, Ordering::SeqCst) {
            serve_tls(&config, stream, received, &json("401 Unauthorized", r#"{"message":"Unauthenticated"}"#));
        }
    });
    let environment = [("QUILTT_TEST_REVOKE", "yes"), ("NO_PROXY", "*")];
    let outcome = call_with(&server.url, &authority.0.pem(), &environment);
    assert!(outcome.starts_with("NotActive("), "{outcome}");
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn a_handshake_that_hangs_runs_into_the_time_out_for_connections() {
    let server = server(|mut stream, received| {
        received.send("a connection".to_owned()).unwrap();
        assert!(stream.read_to_end(&mut vec![]).is_ok());
    });
    let environment = [("QUILTT_TEST_CONNECT_MILLIS", "300"), ("NO_PROXY", "*")];
    assert_eq!(call_with(&server.url, &Authority::new().0.pem(), &environment), "Connect");
    for _ in 0..3 {
        server.received.recv_timeout(Duration::from_secs(60)).unwrap();
    }
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_sees_no_secret() {
    let proxy = server(|mut stream, received| {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).unwrap();
        received.send(String::from_utf8_lossy(&bytes[..length]).into_owned()).unwrap();
    });
    let address = proxy.url.replace("https", "http");
    let environment =
        [("HTTPS_PROXY", address.as_str()), ("https_proxy", &address), ("NO_PROXY", ""), ("no_proxy", "")];
    assert_eq!(call_with("https://auth.quiltt.example:443", &Authority::new().0.pem(), &environment), "Connect");
    let request = proxy.received.recv().unwrap();
    assert!(request.starts_with("CONNECT auth.quiltt.example:443 HTTP/1.1\r\n"), "{request}");
    assert!(!request.contains(API_SECRET), "{request}");
}

#[test]
#[cfg_attr(any(windows, target_vendor = "apple"), ignore = "the verifier of the system reads no SSL_CERT_FILE")]
fn a_system_without_root_certificates_is_told_so_unless_it_needs_none() {
    let told = call_with("https://127.0.0.1:1", "", &[]);
    assert_eq!(told, "cannot set up TLS: does the system have root certificates?");
    assert_eq!(call_with("http://127.0.0.1:1", "", &[]), "Connect");
}

#[test]
fn roots_that_are_given_are_trusted_instead_of_the_systems() {
    let authority = Authority::new();
    let server = tls_server(authority.certify("127.0.0.1"));
    let roots = tempfile::NamedTempFile::new().unwrap();
    let given = [("QUILTT_TEST_ROOTS", roots.path().to_str().unwrap()), ("NO_PROXY", "*")];
    fs::write(&roots, format!("a comment\n{}{}", Authority::new().0.pem(), authority.0.pem())).unwrap();
    assert_eq!(call_with(&server.url, "", &given), "created");
    fs::write(&roots, Authority::new().0.pem()).unwrap();
    assert_eq!(call_with(&server.url, &authority.0.pem(), &given), "Tls");
    let broken = authority.0.pem().replacen("MII", "MIJ", 1);
    for pem in ["", "no PEM", &authority.0.pem().replace("CERTIFICATE", "KEY"), &(authority.0.pem() + &broken)] {
        fs::write(&roots, pem).unwrap();
        let told = call_with(&server.url, &authority.0.pem(), &given);
        assert_eq!(told, "expected root certificates in PEM, found none or one that cannot be read", "{pem}");
    }
}

#[test]
fn an_error_ends_with_its_cause() {
    let authority = Authority::new();
    let told = |url: &str, environment: &[(&str, &str)]| {
        let environment = [&[("QUILTT_TEST_CAUSE", "yes"), ("NO_PROXY", "")], environment].concat();
        call_with(url, &authority.0.pem(), &environment)
    };
    let connection = "expected a connection, found that none can be made: ";
    let refused = told("https://127.0.0.1:1", &[]);
    assert!(refused.starts_with(connection) && refused.contains("refused"), "{refused}");
    let untrusted = told(&tls_server(Authority::new().certify("127.0.0.1")).url, &[]);
    let untrusted_as = "expected a server that TLS can trust, found another one: invalid peer certificate: ";
    assert!(untrusted.starts_with(untrusted_as) && untrusted.len() > untrusted_as.len(), "{untrusted}");
    let proxy = server(|mut stream, _| {
        drop(stream.read(&mut [0; 1024]));
        stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").unwrap();
    });
    let address = proxy.url.replace("https", "http");
    let wants_a_password = told("https://auth.quiltt.example:443", &[("HTTPS_PROXY", &address)]);
    assert_eq!(wants_a_password, format!("{connection}tunnel error: proxy authorization required"));
    let socks = told("https://auth.quiltt.example:443", &[("ALL_PROXY", "socks5://127.0.0.1:1")]);
    assert!(socks.starts_with(connection) && socks.contains("socks"), "{socks}");
}

#[test]
fn a_proxy_that_is_no_url_is_refused_and_not_passed_by() {
    let told = |variables: &[(&str, &str)]| call_with("https://127.0.0.1:1", &Authority::new().0.pem(), variables);
    let refused = |variable: &str, value: &str| {
        let text = "expected the URL of a proxy, such as http://proxy.example:3128, in NAME, found something else";
        assert_eq!(told(&[(variable, value)]), text.replace("NAME", variable), "{value}");
    };
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        refused(variable, "my proxy");
    }
    for value in ["http://", "http:proxy:3128", "http//proxy:3128", "ftp://proxy:3128", "/proxy", "pro\u{e9}xy word"] {
        refused("HTTPS_PROXY", value);
    }
    for value in ["", "http://127.0.0.1:1", "127.0.0.1:1", "https://user:password@127.0.0.1:1"] {
        assert_eq!(told(&[("HTTPS_PROXY", value)]), "Connect", "{value}");
    }
    assert_eq!(told(&[("HTTPS_PROXY", "http://127.0.0.1:1"), ("ALL_PROXY", "my proxy")]), "Connect");
}

#[tokio::test]
#[ignore = "run by the others, in an environment with a root certificate and the URL of a server"]
async fn inner_call() {
    let mut builder = builder(&env::var("QUILTT_TEST_URL").unwrap()).timeout(Duration::from_secs(60));
    if let Ok(millis) = env::var("QUILTT_TEST_CONNECT_MILLIS") {
        builder = builder.connect_timeout(Duration::from_millis(millis.parse().unwrap()));
    }
    if let Ok(path) = env::var("QUILTT_TEST_ROOTS") {
        builder = builder.root_certificates(fs::read(path).unwrap());
    }
    let outcome = match builder.build() {
        Ok(auth) => made(&auth).await.unwrap_or_else(|error| match error {
            RemoteError::Transport(_) if env::var_os("QUILTT_TEST_CAUSE").is_some() => error.to_string(),
            RemoteError::Transport(error) => format!("{:?}", error.reason()),
            error => error.to_string(),
        }),
        Err(error) => error.to_string(),
    };
    println!("\noutcome: {outcome}");
}

/// Makes the call that the environment asks for.
async fn made(auth: &QuilttAuth) -> Result<String, RemoteError> {
    if env::var_os("QUILTT_TEST_REVOKE").is_some() {
        return auth.revoke("token").await.map(|revocation| format!("{revocation:?}"));
    }
    auth.create_session(NewSession::for_new_user()).await.map(|_| "created".to_owned())
}

/// Creates a session at `url` with `authority` as the only root, and returns the outcome in a word.
fn call(url: &str, authority: &Authority) -> String {
    call_with(url, &authority.0.pem(), &[("NO_PROXY", "*")])
}

fn call_with(url: &str, roots_pem: &str, environment: &[(&str, &str)]) -> String {
    let roots = tempfile::NamedTempFile::new().unwrap();
    fs::write(&roots, roots_pem).unwrap();
    let mut command = inner("remote::tls::inner_call");
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_DIR"] {
        command.env_remove(variable);
    }
    let output = command
        .env("QUILTT_TEST_URL", url)
        .env("SSL_CERT_FILE", roots.path())
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().find_map(|line| line.strip_prefix("outcome: ")).map_or_else(|| text.to_string(), str::to_owned)
}

struct Server {
    url: String,
    /// The texts that the server read, decrypted if they came by TLS.
    received: mpsc::Receiver<String>,
    connections: Arc<AtomicUsize>,
}

fn server(serve: impl Fn(TcpStream, &mpsc::Sender<String>) + Send + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (sender, received) = mpsc::channel();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            serve(stream.unwrap(), &sender);
        }
    });
    Server { url, received, connections }
}

/// Answers each request with a session.
fn tls_server(config: ServerConfig) -> Server {
    let config = Arc::new(config);
    server(move |stream, received| serve_tls(&config, stream, received, &json("201 Created", &body().to_string())))
}

fn serve_tls(config: &Arc<ServerConfig>, stream: TcpStream, received: &mpsc::Sender<String>, answer: &str) {
    let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
    let mut bytes = [0; 4096];
    // Fails if the client does not like the certificate.
    let Ok(length) = stream.read(&mut bytes) else { return };
    received.send(String::from_utf8_lossy(&bytes[..length]).into_owned()).unwrap();
    stream.write_all(answer.as_bytes()).unwrap();
    stream.conn.send_close_notify();
    stream.flush().unwrap();
}

/// Whoever certifies servers.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// A server that shows a certificate for `name`.
    fn certify(&self, name: &str) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .unwrap()
    }
}
