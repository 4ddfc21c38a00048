//! A model with everything that carries out its effects, but without a terminal: what the dashboard
//! runs on, and what tests drive.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Interval, MissedTickBehavior};

use crate::app::message::{Effect, Message};
use crate::app::{Model, update};
use crate::runtime::context::{Context, Observation};

/// Room for a full batch of answers from every platform, so that none waits for a redraw.
const MESSAGES_WAITING: usize = 1024;

/// How long answers that are under way are awaited at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// A model and the tasks that work for it.
#[derive(Debug)]
pub struct Session {
    /// What is known.
    pub model: Model,
    context: Arc<Context>,
    tasks: JoinSet<()>,
    sender: mpsc::Sender<Message>,
    observations: Option<mpsc::UnboundedSender<Observation>>,
    journal: JoinHandle<()>,
    messages: mpsc::Receiver<Message>,
    ticks: Interval,
    outside: Vec<Effect>,
}

impl Session {
    /// Starts the reads that are due at once, that of the journal among them.
    pub fn start(model: Model, context: Context) -> Self {
        let (sender, messages) = mpsc::channel(MESSAGES_WAITING);
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        // After the machine slept there is one tick, not one for each second of sleep (N32).
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let context = Arc::new(context);
        let (observations, observed) = mpsc::unbounded_channel();
        let journal = tokio::spawn(context.clone().observe(observed, sender.clone()));
        let mut session = Self {
            model,
            context,
            observations: Some(observations),
            journal,
            tasks: JoinSet::new(),
            sender,
            messages,
            ticks,
            outside: Vec::new(),
        };
        session.tick();
        session.perform(Effect::ReadJournal);
        session
    }

    /// Waits for what effects learn, or for a second to pass. The panic of a task goes on here.
    pub async fn next(&mut self) -> Message {
        loop {
            tokio::select! {
                message = self.messages.recv() => return message.expect("the session holds a sender"),
                _ = self.ticks.tick() => return Message::Tick(self.context.clock.now()),
                Some(ended) = self.tasks.join_next() => {
                    if let Some(panic) = ended.err().and_then(|error| error.try_into_panic().ok()) {
                        resume_unwind(panic);
                    }
                }
            }
        }
    }

    /// What effects have learned and nobody took in yet.
    pub fn waiting(&mut self) -> Option<Message> {
        self.messages.try_recv().ok()
    }

    /// Takes in a message and starts what is to be done.
    pub fn handle(&mut self, message: Message) {
        for effect in update(&mut self.model, message) {
            match effect {
                Effect::Copy(_) | Effect::Suspend | Effect::Demo | Effect::Quit(_) => {
                    self.outside.push(effect);
                }
                inside => self.perform(inside),
            }
        }
    }

    /// Lets the model know the present.
    pub fn tick(&mut self) {
        self.handle(Message::Tick(self.context.clock.now()));
    }

    /// Stops the program, as its key does.
    pub(super) fn suspend(&mut self) {
        self.outside.push(Effect::Suspend);
    }

    /// Carries an effect out in a task of its own.
    pub(super) fn perform(&mut self, effect: Effect) {
        let observation = match effect {
            Effect::Adopt(number, name) => Observation::Adopt(number, name),
            Effect::Record(number, seen) => Observation::Seen(number, seen),
            Effect::Finish(number) => Observation::End(number),
            other => return self.spawn(other),
        };
        if let Some(observations) = &self.observations {
            // Where the writer is gone a panic ends the program.
            let _ = observations.send(observation);
        }
    }

    fn spawn(&mut self, effect: Effect) {
        let context = self.context.clone();
        let sender = self.sender.clone();
        self.tasks.spawn(context.perform(effect, sender));
    }

    /// What only the owner of a terminal can carry out.
    pub fn take_outside(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.outside)
    }

    /// Sends nothing further, waits a little for answers that are under way and records them. Gives what is
    /// known at the end.
    pub async fn finish(mut self) -> Model {
        self.context.stop_sending();
        let answers = async {
            while self.context.is_sending() {
                let message = self.next().await;
                self.handle(message);
            }
        };
        // What is still open after that is unknown, and stands as sent in the journal.
        let _ = tokio::time::timeout(LAST_ANSWERS, answers).await;
        self.tasks.shutdown().await;
        self.observations = None;
        let _ = tokio::time::timeout(LAST_ANSWERS, &mut self.journal).await;
        let context = self.context.clone();
        let synced = tokio::task::spawn_blocking(move || context.sync());
        let _ = tokio::time::timeout(LAST_ANSWERS, synced).await;
        self.model
    }
}
