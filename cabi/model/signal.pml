/*
 * How one thread sleeps and others wake it. Mirrors cabi/src/base/signal.hpp.
 *
 * Proves, for two notifiers and a deadline that may pass at any time: work that was published is
 * taken in the end (no lost wake-up, as liveness under weak fairness and as absence of deadlock),
 * and of many notifiers only those that found the owner asleep make the system call.
 *
 * Assumes what the code assumes: sequentially consistent memory for the word and for the work.
 */
#define NOTIFIERS 2
#define EACH 2
#define ALL (NOTIFIERS * EACH)
#define AWAKE 0
#define ASLEEP 1

bit state = AWAKE;
bool in_futex = false;    /* the owner is in the system call */
byte work = 0, taken = 0, published = 0;
byte deadlines = 2;       /* how often a deadline may pass */

proctype owner() {
    do
    :: atomic { work > 0 -> taken = taken + work; work = 0 }
    :: atomic { work == 0 && taken == ALL -> break }
    :: atomic { work == 0 && taken < ALL -> skip }; /* nothing to do: sleep */
#ifdef BUG_LOOKS_BEFORE_IT_SAYS_SO
        if
        :: work > 0 -> goto awake
        :: else -> state = ASLEEP
        fi;
#else
        state = ASLEEP;
        if
        :: work > 0 -> goto awake
        :: else -> skip
        fi;
#endif
        atomic { in_futex = (state == ASLEEP) };
        if
        :: !in_futex -> skip
        :: atomic { in_futex && deadlines > 0 -> deadlines--; in_futex = false }
        fi;
awake:  state = AWAKE
    od
}

proctype notifier() {
    byte left = EACH;
    bit seen;
    do
    :: left > 0 ->
        atomic { work++; published++; left-- };
        seen = state;
        if
        :: seen != ASLEEP -> skip
        :: else ->
            atomic { seen = state; state = AWAKE };
            if
            :: seen != ASLEEP -> skip
#ifdef BUG_FORGETS_THE_CALL
            :: else -> skip
#else
            :: else -> in_futex = false
#endif
            fi
        fi
    :: left == 0 -> break
    od
}

init { atomic { run owner(); run notifier(); run notifier() } }

ltl all_is_taken { <> [] (taken == ALL && published == ALL) }
