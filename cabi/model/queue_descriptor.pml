/*
 * The descriptor of a queue. Mirrors push, announce, drain and arm of cabi/src/runtime/queue.cpp:
 * armed_ (tell the descriptor at the next push), marked_ (the descriptor was set since the last
 * clear).
 *
 * Proves, for two pushers, a thread that drains without polling and one that polls: the poller
 * gets every record that nobody else took (the descriptor is readable while the queue is not
 * empty), and once all is quiet one empty drain leaves the descriptor clear (a poller never spins
 * on an empty queue).
 */
#define PUSHERS 2

/* One record was pushed and told of before. */
byte pushed = 1, kept = 0, collected = 0, done = 0;
bool armed = false, fd = true, marked = true, locked = false;

inline look(blank) {
    if
    :: pushed > 0 -> blank = false
    :: else ->
        if
        :: kept > 0 -> blank = false
        :: else -> blank = true
        fi
    fi
}

inline announce() {
    atomic { won = armed; armed = false };
    if
    :: won -> fd = true; marked = true
    :: else -> skip
    fi
}

inline arm() {
    if
#ifdef BUG_TRUSTS_AN_ARMED_DESCRIPTOR
    :: armed -> skip
#else
    :: armed && !marked -> skip
#endif
    :: else ->
        marked = false;
        fd = false;
        armed = true;
        look(blank);
        if
        :: blank -> skip
        :: else -> announce()
        fi
    fi
}

inline drain(capacity) {
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
    :: count < capacity -> arm()
    :: else ->
#ifndef BUG_LEAVES_THE_REST_UNTOLD
        look(blank);
        if
        :: !blank && armed -> announce()
        :: else -> skip
        fi
#else
        skip
#endif
    fi
}

proctype pusher() {
    bool won;
    pushed++;
    if
    :: armed -> announce()
    :: else -> skip
    fi;
    done++
}

proctype drainer(byte capacity) {
    byte count, hand = 0;
    bool blank, won;
    drain(capacity);
    done++
}

proctype poller() {
    byte count, hand = 0;
    bool blank, won;
    do
    :: collected == PUSHERS + 1 -> break
    :: fd -> drain(2)
    od;
    done == PUSHERS + 1;
    drain(2);
    assert(count == 0 && !fd)
}

init { atomic { run pusher(); run pusher(); run drainer(1); run poller() } }
