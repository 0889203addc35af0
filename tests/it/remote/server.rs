//! A server that answers as no HTTP library would.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// The act of a server on a connection, once the server has read a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Writes this, then waits for another request.
    Write(String),
    /// Writes this, then closes the connection.
    WriteAndClose(String),
    /// Writes this, says that nothing will follow, and goes on reading.
    WriteAndHalfClose(String),
    /// Writes this, then zeros for ever.
    WriteForever(String),
}

/// Counts of connections and requests.
#[derive(Clone, Default)]
pub(crate) struct Counts {
    pub(crate) connections: Arc<AtomicUsize>,
    pub(crate) requests: Arc<AtomicUsize>,
    /// Connections that the client closed.
    pub(crate) hung_up: Arc<AtomicUsize>,
}

impl Counts {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Waits until one of the counts is this high.
    pub(crate) async fn reached(count: &AtomicUsize, number: usize) {
        while count.load(Ordering::SeqCst) < number {
            sleep(Duration::from_millis(1)).await;
        }
    }
}

/// Starts a server that answers its requests with these acts in turn, and all further ones with the last.
pub(crate) async fn start(acts: impl Into<Vec<Act>>) -> (String, Counts) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (counts, acts) = (Counts::default(), Arc::new(acts.into()));
    let counted = counts.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.connections.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream, acts.clone(), counted.clone()));
        }
    });
    (url, counts)
}

/// An answer of this status with a JSON body.
pub(crate) fn json(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
}

async fn serve(mut stream: TcpStream, acts: Arc<Vec<Act>>, counts: Counts) {
    while read_request(&mut stream).await {
        let number = counts.requests.fetch_add(1, Ordering::SeqCst);
        let act = acts.get(number).or(acts.last()).unwrap();
        let (Act::Write(text) | Act::WriteAndClose(text) | Act::WriteAndHalfClose(text) | Act::WriteForever(text)) =
            act;
        stream.write_all(text.as_bytes()).await.unwrap();
        match act {
            Act::Write(_) => {}
            Act::WriteAndClose(_) => return,
            Act::WriteAndHalfClose(_) => stream.shutdown().await.unwrap(),
            Act::WriteForever(_) => while stream.write_all(&[b'0'; 4096]).await.is_ok() {},
        }
    }
    counts.hung_up.fetch_add(1, Ordering::SeqCst);
}

/// Reads a head and the body that it announces; `false` if the client hangs up first.
async fn read_request(stream: &mut TcpStream) -> bool {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return true;
            }
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}
