/*
 * Threads that wait on a queue. Mirrors push, wake_sleeper, drain, sleep and wait of
 * cabi/src/runtime/queue.cpp: sleepers_ (threads in sleep), waking_ (one of them is on its way to
 * look) and wakes_ (the word they sleep on).
 *
 * Proves, for two pushers and two waiters, one of which may time out and leave for good: as long as
 * a thread waits, every record is collected (no lost wake-up), each once.
 *
 * Assumes sequentially consistent memory. The system call is one step: it compares and sleeps.
 */
#define PUSHERS 2
#define WAITERS 2

byte pushed = 0, kept = 0, collected = 0; /* records, by where they are */
byte sleepers = 0;
bool changed[WAITERS]; /* wakes_ has grown since the waiter read it: finite, unlike a counter */
bool waking = false;
bool in_futex[WAITERS];
bool locked = false;

/* Two loads. While a drainer turns the stack around, it looks empty. */
inline look(blank) {
    blank = pushed == 0;
    if
    :: blank -> blank = kept == 0
    :: else -> skip
    fi
}

inline wake_one(hit) {
    atomic {
        hit = true;
        if
        :: in_futex[0] -> in_futex[0] = false
        :: in_futex[1] -> in_futex[1] = false
        :: !in_futex[0] && !in_futex[1] -> hit = false
        fi
    }
}

inline wake_sleeper() {
    do
    :: sleepers == 0 -> break
    :: else ->
        atomic {
            if
            :: waking -> break
            :: else -> waking = true
            fi
        };
        atomic { changed[0] = true; changed[1] = true }; /* wakes_ grows */
        wake_one(hit);
        if
#ifdef BUG_TRUSTS_THE_CALL
        :: true -> break
#else
        :: hit -> break
        :: else -> skip
#endif
        fi;
        waking = false;
        look(blank);
        if
        :: blank -> break
        :: else -> skip
        fi
    od
}

/* The mutex keeps out other drainers; pushers and lookers see each step. */
inline drain(capacity, count) {
    count = 0;
    do
    :: count < capacity ->
        look(blank);
        if
        :: blank -> break
        :: else -> skip
        fi;
        d_step {
            !locked -> locked = true;
            if
            :: kept > 0 -> hand = kept
            :: else -> hand = pushed; pushed = 0
            fi
        };
        d_step {
            do
            :: hand > 0 && count < capacity -> hand--; count++; collected++
            :: else -> break
            od;
            kept = hand; hand = 0; locked = false
        }
    :: else -> break
    od;
    if
    :: count < capacity -> skip
    :: else ->
        look(blank);
        if
        :: blank -> skip
        :: else -> wake_sleeper()
        fi
    fi
}

proctype pusher() {
    bool hit, blank;
    pushed++;
    wake_sleeper()
}

proctype waiter(byte me; byte capacity; bool may_leave) {
    byte count, hand = 0;
    bool blank, hit, in_time;
    do
    :: drain(capacity, count);
        if
        :: count > 0 -> goto again
        :: else -> skip
        fi;
        atomic {
            if
            :: collected == PUSHERS -> break /* nothing more will come */
            :: else -> changed[me] = false; in_time = true
            fi
        };
        sleepers++;
        look(blank);
        if
        :: blank ->
            atomic { in_futex[me] = !changed[me] };
            if
            :: !in_futex[me] -> skip
            :: collected == PUSHERS -> break
            :: atomic { in_futex[me] && may_leave -> in_futex[me] = false; in_time = false }
            fi
        :: else -> skip
        fi;
        sleepers--;
#ifndef BUG_STAYS_ON_ITS_WAY
        waking = false;
#endif
        if
        :: in_time -> skip
        :: else ->
            look(blank);
            if
            :: blank -> break /* TIMED_OUT */
            :: else -> skip
            fi
        fi;
again:  skip
    od
}

init {
    atomic {
        run pusher(); run pusher();
        run waiter(0, 2, true); run waiter(1, 1, false)
    }
}
