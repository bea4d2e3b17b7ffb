/*
 * A slot's life: leased, destroyed, recycled or given up, leased again. Mirrors
 * cabi/src/core/lifecycle.hpp, begin_destroy, advance_recycle, finish_recycle, abandon and
 * destroy_and_wait of cabi/src/runtime/recycle.cpp, and put and claim of pool.cpp.
 *
 * Proves, for two hosts that create and destroy (one of them in the blocking form, both with one
 * another's handles), a worker, a thread that gives up at any time and a handler that ends as late
 * as it likes: each claim gets exactly one DESTROYED; no handle value is valid twice; no slot is
 * leased while a handler of its last owner runs, or while somebody still closes that owner's
 * requests; nothing deadlocks.
 */
#define CLAIMS 3
#define LAST (2 * CLAIMS) /* generation after the last destroy */

mtype = { IDLE, ACTIVE, PENDING, RECYCLING, QUARANTINED };

mtype state = IDLE; /* state and generation are one word in the code */
byte generation = 0;
bool listed = true; /* in the pool's stack of idle slots */
byte ready = 0;     /* generation whose destroy is completely described */
byte holds = 0, running = 0, served = 0, inbox = 0;
byte delivered[LAST], last_claimed = 0, destroys = 0;
byte handle = 0;    /* the handle that both hosts know */
byte recycled = 0;

inline apply_overdue(owner, won) {
    atomic {
        won = generation == owner + 1 && (state == PENDING || state == RECYCLING);
        if
        :: won -> state = QUARANTINED
        :: else -> skip
        fi
    }
}

inline deliver(owner) {
    atomic { assert(delivered[owner] == 0); delivered[owner]++ }
}

inline abandon(owner) {
    holds++;
    apply_overdue(owner, won);
    if
    :: won ->
        /* Closing what was sent to this owner must not meet the next one's. */
        assert(last_claimed == owner);
        if
        :: inbox == owner -> inbox = 0; served = owner /* the worker learns of it by a post */
        :: else -> skip
        fi;
        assert(last_claimed == owner);
        deliver(owner)
    :: else -> skip
    fi;
    holds--
}

inline begin_destroy(owner, won) {
    atomic {
        won = state == ACTIVE && generation == owner;
        if
        :: won -> state = PENDING; generation++; destroys++
        :: else -> skip
        fi
    };
    if
    :: won -> ready = owner
    :: else -> skip
    fi
}

inline claim() {
    atomic { listed && last_claimed < LAST - 1 -> listed = false };
    atomic {
        assert(state == IDLE && running == 0 && served == 0);
        state = ACTIVE; generation++;
        assert(generation > last_claimed && generation % 2 == 1);
        last_claimed = generation; handle = generation; mine = generation
    };
    inbox = mine
}

proctype host(bool waits) {
    byte mine;
    bool won;
    do
    :: claim();
        if
        :: mine = handle /* perhaps of the other host, perhaps dead */
        :: skip
        fi;
        begin_destroy(mine, won);
        if
        :: won && waits ->
            if
            :: delivered[mine] == 1
            :: abandon(mine); delivered[mine] == 1 /* its bound has passed */
            fi
        :: else -> skip
        fi
    :: begin_destroy(handle, won) /* whatever it is by now */
        if
        :: last_claimed == LAST - 1 && generation == LAST -> break
        :: else -> skip
        fi
    :: last_claimed == LAST - 1 && generation == LAST -> break
    od
}

/* The event thread's look at the clock; any time may be up. */
proctype supervisor() {
    byte owner;
    bool won;
    do
    :: atomic { (state == PENDING || state == RECYCLING) && ready == generation - 1 ->
            owner = generation - 1 };
        abandon(owner)
    :: recycled == CLAIMS -> break
    od
}

/* A handler that was left running ends when it likes. */
proctype handler() {
    do
    :: atomic { running > 0 -> running-- }
    :: recycled == CLAIMS -> break
    od
}

proctype worker() {
    byte owner;
    mtype before;
    do
    :: recycled == CLAIMS -> break
    :: recycled < CLAIMS ->
        if
        :: atomic { inbox != 0 -> served = inbox; inbox = 0 }
        :: served != 0 -> skip
        fi;
        owner = served;
        if
        :: state == ACTIVE && generation == owner -> running++
        :: else -> skip
        fi;
        ready == owner;
        atomic {
            if
            :: state == PENDING -> state = RECYCLING
            :: else -> skip
            fi
        };
#ifndef BUG_FORGETS_THE_HANDLER
        running == 0;
#endif
        holds == 0;
        served = 0;
        atomic {
            before = state;
            assert(before == RECYCLING || before == QUARANTINED);
            state = IDLE
        };
#ifndef BUG_LEASES_UNDER_THE_ABANDONER
        if
        :: before == QUARANTINED -> holds == 0
        :: else -> skip
        fi;
#endif
        listed = true;
        if
#ifdef BUG_TELLS_TWICE
        :: true -> deliver(owner)
#else
        :: before == RECYCLING -> deliver(owner)
        :: else -> skip
#endif
        fi;
        recycled++
    od;
    delivered[1] == 1 && delivered[3] == 1 && delivered[5] == 1
}

init { atomic { run host(false); run host(true); run supervisor(); run handler(); run worker() } }
