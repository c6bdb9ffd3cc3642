//! How many leases of those that several processes want each of them holds: as many as the others, or one more.

use std::collections::HashMap;

use uuid::Uuid;

/// Who holds a lease that this process wants to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hand {
    /// This process.
    Mine,
    /// This process, which is about to give it back.
    Leaving,
    /// Nobody.
    Free,
    /// Another process, by its id.
    Other(Uuid),
}

/// What this process is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The leases to ask for.
    pub(super) take: Vec<usize>,
    /// The lease to give back.
    pub(super) let_go: Option<usize>,
}

/// What to do, given the other processes that are alive and want the same leases, and who holds which.
///
/// What is free is taken by whoever has least. Who has at least two more than somebody else gives one back, unless one is free or
/// about to be. So two processes never pass a lease to and fro, and nothing that can be held is left over.
pub(super) fn plan(peers: &[Uuid], hands: &[Hand]) -> Plan {
    let mut of_peers: HashMap<_, usize> = peers.iter().map(|peer| (*peer, 0)).collect();
    let (mut free, mut mine, mut leaving) = (Vec::new(), Vec::new(), 0);
    for (at, hand) in hands.iter().enumerate() {
        match hand {
            Hand::Mine => mine.push(at),
            Hand::Leaving => leaving += 1,
            Hand::Free => free.push(at),
            Hand::Other(holder) => {
                if let Some(held) = of_peers.get_mut(holder) {
                    *held += 1;
                }
            }
        }
    }
    let least = of_peers.values().min().copied();
    let to_share = mine.len() + leaving + free.len() + of_peers.values().sum::<usize>();
    let share = to_share / (of_peers.len() + 1);
    if free.is_empty() {
        let has_more = least.is_some_and(|least| mine.len() >= least + 2);
        let let_go = mine.last().copied();
        return Plan {
            let_go: let_go.filter(|_| has_more && leaving == 0),
            ..Plan::default()
        };
    }
    let has_least = least.is_none_or(|least| mine.len() <= least);
    let missing = share.saturating_sub(mine.len());
    free.truncate(missing.max(usize::from(has_least)));
    Plan {
        take: free,
        let_go: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(count: u128) -> Vec<Uuid> {
        (0..count).map(Uuid::from_u128).collect()
    }

    fn hands(of: &str) -> Vec<Hand> {
        let hand = |hand| match hand {
            'm' => Hand::Mine,
            'l' => Hand::Leaving,
            '.' => Hand::Free,
            digit => Hand::Other(Uuid::from_u128(u128::from(u32::from(digit) - u32::from('0')))),
        };
        of.chars().map(hand).collect()
    }

    fn take(take: impl IntoIterator<Item = usize>) -> Plan {
        Plan {
            take: take.into_iter().collect(),
            let_go: None,
        }
    }

    fn let_go(lease: usize) -> Plan {
        Plan {
            let_go: Some(lease),
            ..Plan::default()
        }
    }

    #[test]
    fn who_is_alone_takes_everything_and_keeps_it() {
        assert_eq!(plan(&[], &hands("...")), take([0, 1, 2]));
        assert_eq!(plan(&[], &hands("mmm")), Plan::default());
        assert_eq!(plan(&[], &[]), Plan::default());
    }

    #[test]
    fn who_has_less_than_a_share_takes_what_is_missing() {
        assert_eq!(plan(&peers(1), &hands("....")), take([0, 1]));
        assert_eq!(plan(&peers(2), &hands("00.m.1.")), take([2]));
    }

    #[test]
    fn what_remains_goes_to_who_has_least() {
        assert_eq!(plan(&peers(2), &hands("m01.")), take([3]));
        assert_eq!(
            plan(&peers(1), &hands("m.")),
            Plan::default(),
            "the other one has less"
        );
        assert_eq!(plan(&peers(2), &hands("0")), Plan::default());
    }

    #[test]
    fn who_has_two_more_than_another_gives_one_back() {
        assert_eq!(plan(&peers(1), &hands("mm")), let_go(1));
        assert_eq!(plan(&peers(1), &hands("mm0")), Plan::default());
        assert_eq!(plan(&peers(2), &hands("m0m0")), let_go(2));
    }

    #[test]
    fn one_is_given_back_at_a_time() {
        assert_eq!(plan(&peers(1), &hands("mmmml")), Plan::default());
        assert_eq!(plan(&peers(1), &hands("mmmm.")), Plan::default());
    }

    #[test]
    fn what_strangers_hold_is_not_shared() {
        assert_eq!(plan(&peers(1), &hands("77..")), take([2]));
        assert_eq!(plan(&peers(1), &hands("77m0")), Plan::default());
        assert_eq!(plan(&[], &hands("777.")), take([3]));
    }

    /// Processes that share leases, each of which may act on what it has seen some time ago.
    #[derive(Debug)]
    struct World {
        alive: Vec<bool>,
        /// Who holds each lease, and whether it is about to be given back.
        leases: Vec<Option<(usize, bool)>>,
        plans: Vec<Plan>,
    }

    /// Wants the same lease, and is no peer.
    const STRANGER: usize = 99;

    fn id(process: usize) -> Uuid {
        Uuid::from_u128(u128::try_from(process).unwrap())
    }

    impl World {
        fn new(processes: usize, leases: usize, of_strangers: usize) -> Self {
            let holder = |lease| (lease < of_strangers).then_some((STRANGER, false));
            Self {
                alive: vec![true; processes],
                leases: (0..leases).map(holder).collect(),
                plans: vec![Plan::default(); processes],
            }
        }

        fn look(&mut self, me: usize) {
            let others = (0..self.alive.len()).filter(|other| *other != me && self.alive[*other]);
            let hand = |lease: &Option<(usize, bool)>| match *lease {
                None => Hand::Free,
                Some((holder, false)) if holder == me => Hand::Mine,
                Some((holder, true)) if holder == me => Hand::Leaving,
                Some((holder, _)) => Hand::Other(id(holder)),
            };
            let hands: Vec<_> = self.leases.iter().map(hand).collect();
            self.plans[me] = plan(&others.map(id).collect::<Vec<_>>(), &hands);
        }

        fn act(&mut self, me: usize) {
            let Plan { take, let_go } = std::mem::take(&mut self.plans[me]);
            for lease in take {
                self.leases[lease].get_or_insert((me, false));
            }
            if let Some(Some((holder, is_leaving))) = let_go.map(|lease| &mut self.leases[lease]) {
                *is_leaving |= *holder == me;
            }
        }

        fn give_back(&mut self, me: usize) {
            for lease in &mut self.leases {
                lease.take_if(|lease| *lease == (me, true));
            }
        }

        fn kill(&mut self, me: usize) {
            if self.alive.iter().filter(|alive| **alive).count() > 1 {
                self.alive[me] = false;
                for lease in &mut self.leases {
                    lease.take_if(|(holder, _)| *holder == me);
                }
            }
        }

        fn step(&mut self, me: usize, what: usize) {
            match what {
                _ if !self.alive[me] => self.alive[me] = what == 0,
                0..4 => self.look(me),
                4..8 => self.act(me),
                8..11 => self.give_back(me),
                _ => self.kill(me),
            }
        }

        /// One after the other, whoever is alive. Says whether anybody has done anything.
        fn round(&mut self) -> bool {
            let mut has_done = false;
            for me in (0..self.alive.len())
                .filter(|me| self.alive[*me])
                .collect::<Vec<_>>()
            {
                let before = self.leases.clone();
                self.look(me);
                self.act(me);
                self.give_back(me);
                has_done |= self.leases != before;
            }
            has_done
        }

        fn assert_shared(&self) {
            let of = |process| {
                let leases = self.leases.iter();
                leases.filter(|lease| **lease == Some((process, false))).count()
            };
            let alive = (0..self.alive.len()).filter(|process| self.alive[*process]);
            let shares: Vec<_> = alive.map(of).collect();
            let of_strangers = of(STRANGER);
            let all: usize = shares.iter().sum();
            assert_eq!(
                all + of_strangers,
                self.leases.len(),
                "nothing is left over: {self:?}"
            );
            let (most, least) = (shares.iter().max(), shares.iter().min());
            assert!(most <= least.map(|least| least + 1).as_ref(), "{shares:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_has_happened_everything_is_soon_shared_and_then_stays_so(
            (processes, leases, of_strangers) in (1..6_usize, 0..12_usize, 0..3_usize),
            steps in proptest::collection::vec((0..6_usize, 0..12_usize), 0..150),
        ) {
            let mut world = World::new(processes, leases, of_strangers);
            for (process, what) in steps {
                world.step(process % processes, what);
            }
            let mut rounds = 0;
            while world.round() {
                rounds += 1;
                assert!(rounds <= 2 * leases + 2, "it comes to no end: {world:?}");
            }
            world.assert_shared();
        }
    }
}
