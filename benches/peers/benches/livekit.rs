//! A user's token of LiveKit's SDK, in the same group as Quiltt's sessions.
//!
//! In a process of its own: the SDK installs a crypto provider of its own in `jsonwebtoken` 10, which has one to a process.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use quiltt_session_peers::{PROFILE, Peer, livekit_api::LivekitApi};

fn mint(criterion: &mut Criterion) {
    let peer = LivekitApi::new();
    assert_eq!(peer.verify(&peer.mint(PROFILE)).as_deref(), Some(PROFILE));
    let mut group = criterion.benchmark_group("peers");
    group.throughput(Throughput::Elements(1));
    group.bench_function(LivekitApi::NAME, |bencher| bencher.iter(|| peer.mint(black_box(PROFILE))));
    group.finish();
}

criterion_group!(benches, mint);
criterion_main!(benches);
