//! Parent and children of a fork draw no id twice.
//!
//! A process of its own with a single thread, for a child of several threads may do hardly anything.

fn main() {
    #[cfg(unix)]
    parent_and_children_share_no_id();
}

#[cfg(unix)]
fn parent_and_children_share_no_id() {
    use std::{
        collections::HashSet,
        io::{Read, Write, pipe},
        process,
    };

    use fork::{Fork, fork, waitpid};
    use quiltt_session::SessionId;

    const IDS: usize = 100_000;
    fn draw(count: usize) -> Vec<[u8; 16]> {
        (0..count).map(|_| *SessionId::random().unwrap().uuid().as_bytes()).collect()
    }

    // Part of a block is used up when the process forks, and the rest is waiting: that rest must be given once only.
    let mut ids = draw(7);
    let mut children = vec![];
    for generation in 0..3 {
        let (mut from_child, mut to_parent) = pipe().unwrap();
        match fork().unwrap() {
            Fork::Child => {
                drop(from_child);
                let sent = to_parent.write_all(draw(IDS).as_flattened());
                process::exit(i32::from(sent.is_err()));
            }
            Fork::Parent(child) => {
                drop(to_parent);
                ids.extend(draw(generation));
                let mut bytes = vec![];
                from_child.read_to_end(&mut bytes).unwrap();
                children.push(bytes.as_chunks::<16>().0.to_vec());
                assert_eq!(waitpid(child).unwrap(), 0);
            }
        }
    }
    ids.extend(draw(IDS));
    ids.extend(children.concat());
    assert_eq!(ids.len(), 4 * IDS + 10);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "an id was drawn twice");
    println!("{} ids of a process and its 3 forks: none twice", ids.len());
}
