/*
 * Sending against closing. Mirrors Inbox of cabi/src/core/mailbox.hpp and TaggedCount of
 * cabi/src/base/tagged.hpp, as sending.cpp and recycle.cpp use them.
 *
 * Proves, for two hosts that send while a third destroys and the slot gets its next owner: every
 * accepted request is taken exactly once, by its own owner and in the order of its host; a refused
 * one never is; the bound holds; leaving late changes nothing for the next owner.
 */
#define HOSTS 2
#define EACH 2
#define RECORDS 4
#define LIMIT 3
#define FIRST 1 /* generations: odd ones are open */
#define SECOND 3

byte head_generation = FIRST, head = 0; /* one word in the code */
byte next[6];
byte count_generation = FIRST, count = 0; /* one word in the code */
bool accepted[6], taken[6];
byte taken_count = 0, left_count = 0, hosts_done = 0;
bool closed = false, reopened = false, worker_done = false;

inline leave(generation) {
    atomic {
#ifdef BUG_LEAVES_ANY_GENERATION
        assert(count > 0);
        count--;
#else
        if
        :: count_generation == generation -> assert(count > 0); count--
        :: else -> skip
        fi;
#endif
        left_count++
    }
}

/* The compare-exchange fails whenever the word has changed since it was read. */
inline push(generation, record, ok) {
    do
    :: atomic { seen_generation = head_generation; seen = head };
        if
        :: seen_generation != generation -> ok = false; break
        :: else -> next[record] = seen
        fi;
        atomic {
            if
#ifdef BUG_COMPARES_THE_INDEX_ALONE
            :: head == seen -> head = record; ok = true; accepted[record] = true; break
#else
            :: head == seen && head_generation == seen_generation ->
                head = record; ok = true; accepted[record] = true; break
#endif
            :: else -> skip
            fi
        }
    od
}

proctype host(byte first) {
    byte sent = 0, seen, seen_generation, record;
    bool ok;
    do
    :: sent < EACH ->
        record = first + sent;
        atomic {
            ok = count_generation == FIRST && count < LIMIT;
            if
            :: ok -> count++
            :: else -> skip
            fi;
            assert(count <= LIMIT)
        };
        if
        :: ok ->
            push(FIRST, record, ok);
            if
            :: ok -> skip
            :: else -> leave(FIRST); left_count-- /* undone */
            fi
        :: else -> skip
        fi;
        sent++
    :: else -> break
    od;
    hosts_done++
}

proctype destroyer() {
    atomic { count_generation++; count = 0 };
    head_generation++; /* fetch_add: the index stays */
    closed = true
}

inline take_all(generation) {
    atomic { seen = head; head = 0 };
    if
    :: seen != 0 -> assert(generation != SECOND || seen == 5)
    :: else -> skip
    fi;
    do
    :: seen != 0 -> atomic {
        assert(accepted[seen] && !taken[seen]);
        /* of one host the older one is not behind the newer one: it lies deeper in the stack */
        assert(!((seen == 1 || seen == 3) && taken[seen + 1] && !was_in[seen + 1]));
        taken[seen] = true; was_in[seen] = true; taken_count++;
        seen = next[seen]
    }
    :: else -> break
    od;
    atomic { was_in[1] = false; was_in[2] = false; was_in[3] = false; was_in[4] = false; seen = 0 }
}

proctype worker() {
    byte seen = 0;
    bool was_in[6];
    do
    :: head != 0 -> take_all(FIRST)
    :: atomic { closed && head == 0 -> break }
    od;
    /* idle, and leased again */
    atomic { count_generation = SECOND; count = 0 };
    atomic { count++; accepted[5] = true; next[5] = 0 };
    atomic { assert(head == 0); head_generation++; head = 5 };
    reopened = true;
    take_all(SECOND);
    assert(taken[5]);
    worker_done = true
}

/* The host lets go of what it got, however late. */
proctype releaser() {
    do
    :: left_count < taken_count && left_count < RECORDS && !taken[5] -> leave(FIRST)
    :: left_count < taken_count - 1 && taken[5] -> leave(FIRST)
    :: worker_done && hosts_done == HOSTS && left_count == taken_count - 1 -> break
    od;
    assert(count_generation == SECOND && count == 1);
    assert(accepted[1] == taken[1] && accepted[2] == taken[2]);
    assert(accepted[3] == taken[3] && accepted[4] == taken[4])
}

init { atomic { run host(1); run host(3); run destroyer(); run worker(); run releaser() } }
