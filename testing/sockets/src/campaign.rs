//! The parts of a campaign, one after another.

use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, timeout};

use crate::arguments::Arguments;
use crate::client::{After, Client, Commands, Results};
use crate::error::{BoxError, Failed};
use crate::listener::{Delays, listen, micros_since};
use crate::outcome::{Flood, Idle, Memory, NeverReading, Outcome, Percentiles, Rounds};
use crate::server::ServerProcess;
use crate::service::Ring;

/// As many bytes as make an event as long as events usually are.
const NOTE: usize = 150;

pub(crate) async fn run(arguments: &Arguments) -> Result<Outcome, BoxError> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let server = ServerProcess::start(arguments).await?;
    let mut crowd = Crowd::gather(&server, arguments).await?;
    let connected = server.memory().await?;
    let flood = crowd.flood(arguments).await?;
    let after_flood = server.memory().await?;
    let rounds = crowd.rounds(&server, arguments).await?;
    let after_rounds = server.memory().await?;
    let (sent, delivered) = (crowd.sent, crowd.delivered);
    drop(crowd);
    let never_reading = never_read(&server, arguments).await?;
    server.end().await?;
    Ok(Outcome {
        commit: commit()?,
        clients: arguments.clients,
        commands: sent,
        delivered,
        flood,
        rounds,
        memory_kib: Memory {
            connected,
            after_flood,
            after_rounds,
        },
        never_reading,
        idle: idle(arguments).await?,
    })
}

/// All clients that receive all events, and the one that sends the commands.
struct Crowd {
    start: Instant,
    commands: Commands,
    results: Results,
    listeners: JoinSet<Result<Client, BoxError>>,
    /// Those that have come to the end of all phases. They stay, like everybody else.
    finished: Vec<Client>,
    delays: mpsc::Receiver<Delays>,
    clients: usize,
    sent: u32,
    delivered: u64,
}

impl Crowd {
    async fn gather(server: &ServerProcess, arguments: &Arguments) -> Result<Self, BoxError> {
        let clients = usize::try_from(arguments.clients)?;
        let mut phases = vec![usize::try_from(arguments.commands)?];
        for _ in 0..arguments.rounds.get() {
            phases.push(usize::try_from(arguments.commands_per_round())?);
        }
        let start = Instant::now();
        let (done, delays) = mpsc::channel(clients.max(1));
        let mut listeners = JoinSet::new();
        for client in subscribers(server.address, arguments.clients, After::Beginning).await? {
            listeners.spawn(listen(client, phases.clone(), start, done.clone()));
        }
        let (commands, results) = Client::connect(server.address).await?.into_commander();
        Ok(Self {
            start,
            commands,
            results,
            listeners,
            finished: Vec::new(),
            delays,
            clients,
            sent: 0,
            delivered: 0,
        })
    }

    /// Sends commands as fast as they are taken.
    async fn flood(&mut self, arguments: &Arguments) -> Result<Flood, BoxError> {
        let begin = Instant::now();
        self.phase(arguments.commands, None).await?;
        let seconds = begin.elapsed().as_secs_f64();
        let commands_per_second = f64::from(arguments.commands) / seconds;
        Ok(Flood {
            seconds,
            commands_per_second,
            events_per_second_at_all_clients: commands_per_second * f64::from(arguments.clients),
        })
    }

    /// Sends commands at an even pace; in every second round, there is somebody who never reads.
    async fn rounds(&mut self, server: &ServerProcess, arguments: &Arguments) -> Result<Rounds, BoxError> {
        let pace = Duration::from_secs(1) / arguments.rate.get();
        let (mut without, mut with) = (Delays::new(), Delays::new());
        for round in 0..arguments.rounds.get() {
            if round % 2 == 0 {
                without.extend(self.phase(arguments.commands_per_round(), Some(pace)).await?);
            } else {
                let mut never_reading = Client::connect_narrow(server.address).await?;
                never_reading.ask_for_events(After::Beginning).await?;
                with.extend(self.phase(arguments.commands_per_round(), Some(pace)).await?);
                drop(never_reading);
            }
        }
        let (without, with) = (Percentiles::of(without), Percentiles::of(with));
        Ok(Rounds {
            commands_per_second: arguments.rate.get(),
            p99_ratio: f64::from(with.p99) / f64::from(without.p99.max(1)),
            without_micros: without,
            with_micros: with,
        })
    }

    /// Sends so many commands, and waits until everybody has received their events. Returns how long that took for each.
    async fn phase(&mut self, commands: u32, pace: Option<Duration>) -> Result<Delays, BoxError> {
        let first = self.sent;
        let (start, sink) = (self.start, &mut self.commands);
        let send = async {
            let mut pace = pace.map(interval);
            for number in first..first + commands {
                if let Some(pace) = &mut pace {
                    pace.tick().await;
                }
                sink.send(Ring::new(number, micros_since(start), NOTE)).await?;
            }
            Ok(())
        };
        let hear = collect(
            &mut self.delays,
            &mut self.listeners,
            &mut self.finished,
            self.clients,
        );
        let ((), (), delays) = tokio::try_join!(send, self.results.succeed(commands), hear)?;
        self.sent += commands;
        self.delivered += u64::try_from(delays.len())?;
        Ok(delays)
    }
}

/// What all clients have to tell of a phase.
async fn collect(
    delays: &mut mpsc::Receiver<Delays>,
    listeners: &mut JoinSet<Result<Client, BoxError>>,
    finished: &mut Vec<Client>,
    clients: usize,
) -> Result<Delays, BoxError> {
    let mut all = Delays::new();
    let mut heard = 0;
    while heard < clients {
        tokio::select! {
            biased;
            Some(ended) = listeners.join_next() => finished.push(ended??),
            Some(of_one) = delays.recv() => {
                all.extend(of_one);
                heard += 1;
            }
            else => return Err(Failed::Gone.into()),
        }
    }
    Ok(all)
}

/// Many clients that have subscribed to all events.
async fn subscribers(server: SocketAddr, count: u32, after: After) -> Result<Vec<Client>, BoxError> {
    const AT_A_TIME: usize = 64;
    let subscriber = async |_| {
        let mut client = Client::connect(server).await?;
        client.subscribe(after).await?;
        Ok(client)
    };
    stream::iter(0..count)
        .map(subscriber)
        .buffer_unordered(AT_A_TIME)
        .try_collect()
        .await
}

/// Watches the memory of the server, until a client that never reads is cut off.
async fn never_read(server: &ServerProcess, arguments: &Arguments) -> Result<NeverReading, BoxError> {
    /// The server takes some time to say goodbye.
    const GOODBYE: Duration = Duration::from_secs(6);
    const OFTEN: Duration = Duration::from_millis(250);
    /// What was sent comes in small pieces.
    const DRAINING: Duration = Duration::from_mins(2);
    fill(server).await?;
    let before = server.memory().await?;
    let mut client = Client::connect_narrow(server.address).await?;
    client.ask_for_events(After::Beginning).await?;
    let mut most = before;
    let begin = Instant::now();
    let mut often = interval(OFTEN);
    while begin.elapsed() < arguments.write_timeout() + GOODBYE {
        often.tick().await;
        most = most.max(server.memory().await?);
    }
    // One that was not cut off would hear of its events, and then nothing for ever.
    let close_code = timeout(DRAINING, client.drain()).await?;
    Ok(NeverReading {
        growth_kib: most - before,
        close_code,
    })
}

/// Makes the log longer than what operating systems keep for a connection: 16 MiB.
async fn fill(server: &ServerProcess) -> Result<(), BoxError> {
    const LONG: usize = 64 * 1024;
    const COMMANDS: u32 = 256;
    let (mut commands, mut results) = Client::connect(server.address).await?.into_commander();
    let send = async {
        for number in 0..COMMANDS {
            commands.send(Ring::new(number, 0, LONG)).await?;
        }
        Ok(())
    };
    tokio::try_join!(send, results.succeed(COMMANDS))?;
    Ok(())
}

/// Lets clients wait on a server of their own.
async fn idle(arguments: &Arguments) -> Result<Idle, BoxError> {
    let server = ServerProcess::start(arguments).await?;
    let before = server.memory().await?;
    let clients = subscribers(server.address, arguments.idle, After::End).await?;
    let after = server.memory().await?;
    let (mut commands, _results) = Client::connect(server.address).await?.into_commander();
    let begin = Instant::now();
    let mut waiting = JoinSet::new();
    for client in clients {
        waiting.spawn(hear_one(client));
    }
    commands.send(Ring::new(0, 0, NOTE)).await?;
    let mut heard = Vec::new();
    while let Some(client) = waiting.join_next().await {
        heard.push(client??);
    }
    let millis = begin.elapsed().as_millis();
    drop(heard);
    server.end().await?;
    Ok(Idle {
        clients: arguments.idle,
        bytes_each: (after.saturating_sub(before) * 1024) / u64::from(arguments.idle.max(1)),
        millis_until_all_have_heard: u64::try_from(millis)?,
    })
}

async fn hear_one(mut client: Client) -> Result<Client, BoxError> {
    while !client.next().await?.contains(r#""type":"events""#) {}
    Ok(client)
}

fn commit() -> io::Result<String> {
    let mut describe = Command::new("git");
    describe.args(["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]);
    let output = describe.output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
