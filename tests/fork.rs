//! Processes that are copied by `fork`, in whatever way, draw no id twice, and go on to look at their secret files.
//!
//! A process of its own without the test harness, whose threads could hold a lock while it forks. What starts a program
//! (`vfork`, `posix_spawn`) copies nothing that goes on to draw ids; raw `clone` and `_Fork`, which no handler notices, need
//! `unsafe`. SECURITY.md names them.

#[cfg(unix)]
#[path = "it/runner.rs"]
mod runner;

fn main() {
    #[cfg(unix)]
    {
        forks::of_a_fork();
        forks::of_another_thread();
        if runner::is_emulated() {
            println!("SKIPPED: an emulator has no threads in a fork of a process that had some");
        } else {
            forks::of_a_process_whose_threads_all_have_a_block();
        }
        #[cfg(feature = "reload")]
        forks::during_a_look_at_secret_files();
    }
}

#[cfg(unix)]
mod forks {
    use std::{
        collections::HashSet,
        io::{PipeReader, PipeWriter, Read, Write, pipe},
        process,
        sync::Barrier,
        thread,
    };

    use fork::{Fork, fork, waitpid};
    use quiltt_session::SessionId;

    type Id = [u8; 16];

    /// Many times the ids of a block, so that a thread uses up its block and draws others.
    const IDS: usize = 10_000;
    /// Few enough that part of the block is left, which only one process may use.
    const FEW: usize = 7;

    /// Siblings that fork off at different places of a block, of which one has drawn; each with a child of its own.
    pub(crate) fn of_a_fork() {
        let mut ids = vec![];
        for drawn in [0, FEW] {
            ids.extend(draw(FEW));
            let child = Child::fork(|to_parent| {
                let mut ids = draw(drawn);
                let grandchild = Child::fork(|to_child| send(to_child, &draw(IDS)));
                ids.extend(draw(IDS));
                ids.extend(grandchild.ids());
                send(to_parent, &ids)
            });
            ids.extend(child.ids());
        }
        ids.extend(draw(IDS));
        assert_distinct("a process, its forks and their forks", &ids, 5 * IDS + 3 * FEW);
    }

    /// The child goes on as the thread that forked, with that thread's block.
    pub(crate) fn of_another_thread() {
        let mut ids = draw(FEW);
        ids.extend(in_thread(|| {
            let mut ids = draw(FEW);
            let child = Child::fork(|to_parent| send(to_parent, &draw(IDS)));
            ids.extend(draw(IDS));
            ids.extend(child.ids());
            ids
        }));
        ids.extend(draw(IDS));
        assert_distinct("2 threads and a fork of the second", &ids, 3 * IDS + 2 * FEW);
    }

    /// Every thread notices the fork of every other, and the child's new threads start with nothing.
    pub(crate) fn of_a_process_whose_threads_all_have_a_block() {
        let (before, after) = (Barrier::new(2), Barrier::new(2));
        let mut ids = draw(FEW);
        thread::scope(|scope| {
            let other = scope.spawn(|| {
                let mut ids = draw(FEW);
                before.wait();
                after.wait();
                ids.extend(draw(IDS));
                ids
            });
            before.wait();
            let child = Child::fork(|to_parent| {
                let mut ids = draw(IDS);
                ids.extend(in_thread(|| draw(IDS)));
                send(to_parent, &ids)
            });
            after.wait();
            ids.extend(child.ids());
            ids.extend(other.join().unwrap());
        });
        ids.extend(draw(IDS));
        assert_distinct("2 threads, a fork of the first and a thread of that", &ids, 4 * IDS + 2 * FEW);
    }

    /// The thread that looks is not in the child, and its look never ends there.
    #[cfg(feature = "reload")]
    pub(crate) fn during_a_look_at_secret_files() {
        use std::{fs, time::Duration};

        use quiltt_session::{ConfigError, Reloading};

        let file = tempfile::NamedTempFile::new().unwrap();
        let secret = "hT4mYq0ZdR7uKx2WcN9vLbS5eGpJ8aFi6oQkX1yDzMwC3rVtHnBgUsEjAlIfOPTK5";
        let write = |length| fs::write(file.path(), &secret[..length]).unwrap();
        write(64);
        let (before, after) = (Barrier::new(2), Barrier::new(2));
        let barriers = std::sync::Arc::new((before, after));
        let (in_closure, parent) = (std::sync::Arc::clone(&barriers), process::id());
        let reloading = Reloading::builder([file.path()])
            .every(Duration::ZERO)
            .build(move |secret, _| {
                if secret.bits() > 512 && process::id() == parent {
                    in_closure.0.wait();
                    in_closure.1.wait();
                }
                Ok::<_, ConfigError>(secret.bits() / 8)
            })
            .unwrap();
        write(65);
        let lengths = |_| u8::try_from(*reloading.current()).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| [(); 2].map(lengths));
            barriers.0.wait();
            let child = Child::fork(|to_parent| send(to_parent, &[[(); 16].map(lengths)]));
            let seen = child.ids();
            barriers.1.wait();
            assert_eq!(seen[0][15], 65, "a child that was forked during a look never reloads: {seen:?}");
        });
        println!("a child that was forked during a look at secret files reloads");
    }

    /// A copy of this process that sends the ids that the copy draws.
    struct Child {
        process: i32,
        ids: PipeReader,
    }

    impl Child {
        fn fork(task: impl FnOnce(PipeWriter)) -> Self {
            let (ids, to_parent) = pipe().unwrap();
            match fork().unwrap() {
                Fork::Child => {
                    drop(ids);
                    task(to_parent);
                    process::exit(0);
                }
                Fork::Parent(process) => Self { process, ids },
            }
        }

        fn ids(mut self) -> Vec<Id> {
            let mut bytes = vec![];
            self.ids.read_to_end(&mut bytes).unwrap();
            assert_eq!(waitpid(self.process).unwrap(), 0);
            bytes.as_chunks().0.to_vec()
        }
    }

    fn draw(count: usize) -> Vec<Id> {
        (0..count).map(|_| *SessionId::random().unwrap().uuid().as_bytes()).collect()
    }

    fn send(mut to_parent: PipeWriter, ids: &[Id]) {
        to_parent.write_all(ids.as_flattened()).unwrap();
    }

    fn in_thread<T: Send>(task: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| scope.spawn(task).join()).unwrap()
    }

    #[track_caller]
    fn assert_distinct(of: &str, ids: &[Id], expected: usize) {
        assert_eq!(ids.len(), expected);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), expected, "an id was drawn twice by {of}");
        println!("{expected} ids of {of}: none twice");
    }
}
