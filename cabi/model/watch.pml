/*
 * When the event thread looks after the worker, and when it stops. Mirrors Slot::wake_worker and
 * Slot::arm of cabi/src/runtime/slot.cpp, watch and event_main of cabi/src/runtime/event_thread.cpp,
 * and Signal.
 *
 * Proves, for two senders: while a handler runs the event thread comes to look at it, however the
 * arming of a sender and the disarming of the event thread meet; and an idle slot may sleep on both
 * threads. A long handler here ends only when it was looked at, so one that nobody looks at is
 * a deadlock.
 */
#define AWAKE 0
#define ASLEEP 1
#define SENDERS 2

byte inbox = 0, beat = 0;
bit worker_state = AWAKE, event_state = AWAKE;
bool worker_in_futex = false, event_in_futex = false;
bool armed = false, looked_at = false;

proctype sender() {
    bit seen;
    bool was;
    inbox++;
    if
    :: worker_state == ASLEEP ->
        atomic { seen = worker_state; worker_state = AWAKE };
        if
        :: seen == ASLEEP -> worker_in_futex = false
        :: else -> skip
        fi
    :: else -> skip
    fi;
    if
    :: armed -> skip
    :: else ->
        atomic { was = armed; armed = true };
        if
        :: !was ->
            if
            :: event_state == ASLEEP ->
                atomic { seen = event_state; event_state = AWAKE };
                if
                :: seen == ASLEEP -> event_in_futex = false
                :: else -> skip
                fi
            :: else -> skip
            fi
        :: else -> skip
        fi
    fi
}

proctype worker() {
    byte batch = 0;
    do
    :: inbox > 0 ->
        atomic { batch = inbox; inbox = 0 };
        do
        :: batch > 0 ->
            atomic { beat++; looked_at = false };
            if
            :: true -> looked_at /* a handler that takes long */
            :: true -> skip      /* a quick one */
            fi;
            beat++;
            batch--
        :: else -> break
        od
    :: else ->
        worker_state = ASLEEP;
        if
        :: inbox > 0 -> skip
        :: else ->
            atomic { worker_in_futex = (worker_state == ASLEEP) };
end_asleep:
            !worker_in_futex
        fi;
        worker_state = AWAKE
    od
}

/* Loads in the order in which the code makes them. */
inline look(rests) {
#ifdef BUG_LOOKS_AT_THE_SLEEPER_FIRST
    if
    :: worker_state != ASLEEP -> rests = false
    :: else -> rests = (inbox == 0)
    fi
#else
    if
    :: inbox > 0 -> rests = false
    :: else -> rests = (worker_state == ASLEEP)
    fi
#endif
}

proctype event_thread() {
    byte beat_now, beat_seen = 0;
    bool was_armed, ran_since, rests, fresh = true;
    do
    :: was_armed = armed;
        if
        :: was_armed ->
            beat_now = beat;
            ran_since = fresh || beat_now != beat_seen;
            fresh = false;
            atomic {
                if
                :: beat_now % 2 == 1 -> looked_at = true
                :: else -> skip
                fi
            };
            beat_seen = beat_now;
            if
            :: ran_since -> skip
            :: else ->
                look(rests);
                if
                :: rests ->
                    armed = false;
#ifdef BUG_NO_SECOND_LOOK
                    rests = true;
#else
                    look(rests);
#endif
                    if
                    :: rests -> fresh = true; was_armed = false
                    :: else -> armed = true
                    fi
                :: else -> skip
                fi
            fi
        :: else -> skip
        fi;
        event_state = ASLEEP;
        if
        :: armed != was_armed -> skip
        :: else ->
            atomic { event_in_futex = (event_state == ASLEEP) };
            if
            :: was_armed -> event_in_futex = false /* the time of the next look has come */
            :: else ->
end_asleep:
                !event_in_futex
            fi
        fi;
        event_state = AWAKE
    od
}

init { atomic { run sender(); run sender(); run worker(); run event_thread() } }
