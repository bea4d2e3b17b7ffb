/**
 * Races between what hosts may do at the same time. Each round forces its race: the other side is
 * known to be at work when the blow falls.
 */
#include <memory>
#include <mutex>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

void pause_briefly() { std::this_thread::yield(); }

// ---- requests against destroy ----

/**
 * Accounts for requests of many short lives. user_data: life << 4 | number of the request in it.
 */
class Ledger {
  public:
    static constexpr uint32_t per_life = 16;

    explicit Ledger(uint64_t lives)
        : lives_(lives), results_(new std::atomic<uint8_t>[lives * per_life]()),
          accepted_(new std::atomic<uint8_t>[lives * per_life]()),
          ended_(new std::atomic<uint8_t>[lives]()) {}

    void accept(uintptr_t request) { accepted_[request] = 1; }
    void end(uint64_t life) { ended_[life]++; }

    void see(const weir_record &record) {
        if (record.kind == WEIR_RECORD_DESTROYED) {
            end(record.user_data);
            return;
        }
        if (record.kind != WEIR_RECORD_RESPONSE) {
            unknown_++;
            return;
        }
        results_[record.user_data]++;
        late_ += ended_[record.user_data / per_life] != 0 ? 1 : 0;
    }

    static void callback(const weir_record *record, uintptr_t) { current->see(*record); }

    /** Every life ended once; every accepted request has one result and every refused one none. */
    void check() const {
        uint64_t wrong = 0;
        uint64_t total = 0;
        for (uint64_t at = 0; at < lives_ * per_life; at++) {
            wrong += results_[at] == accepted_[at] ? 0 : 1;
            total += accepted_[at];
        }
        uint64_t not_once = 0;
        for (uint64_t life = 0; life < lives_; life++) {
            not_once += ended_[life] == 1 ? 0 : 1;
        }
        EXPECT_EQ(wrong, 0u);
        EXPECT_EQ(not_once, 0u);
        EXPECT_EQ(late_, 0u);
        EXPECT_EQ(unknown_, 0u);
        EXPECT_GT(total, 0u);
    }

    static inline Ledger *current = nullptr;

  private:
    uint64_t lives_;
    std::unique_ptr<std::atomic<uint8_t>[]> results_;
    std::unique_ptr<std::atomic<uint8_t>[]> accepted_;
    std::unique_ptr<std::atomic<uint8_t>[]> ended_;
    std::atomic<uint64_t> late_{0};
    std::atomic<uint64_t> unknown_{0};
};

/** Contexts that live at the same time, so that one meeting of the threads gives many races. */
constexpr uint64_t lives_at_once = 32;

/** Sends to all contexts of the present round until each has refused it. */
class Sender {
  public:
    explicit Sender(Ledger &ledger) : ledger_(ledger), thread_([this] { send_all(); }) {}
    ~Sender() {
        first_life_ = stopped;
        first_life_.notify_all();
        thread_.join();
    }
    Sender(const Sender &) = delete;
    Sender &operator=(const Sender &) = delete;

    /** Returns when the sender has begun to send to `contexts`. */
    void aim(const std::vector<weir_handle> &contexts, uint64_t first_life) {
        contexts_ = contexts;
        shots_ = 0;
        first_life_ = first_life;
        first_life_.notify_all();
        while (shots_ == 0) {
            pause_briefly();
        }
    }

    /** Returns when all contexts have refused. */
    void rest() {
        for (uint64_t seen = first_life_; seen != nothing; seen = first_life_) {
            first_life_.wait(seen);
        }
    }

  private:
    static constexpr uint64_t nothing = UINT64_MAX;
    static constexpr uint64_t stopped = UINT64_MAX - 1;

    void send_all() {
        for (;;) {
            first_life_.wait(nothing);
            if (first_life_ == stopped) {
                return;
            }
            uint32_t number = 0;
            while (send_to_each(number)) {
                number += number + 1 < Ledger::per_life ? 1 : 0;
            }
            first_life_ = nothing;
            first_life_.notify_all();
        }
    }

    /** One request to each context; the last number only knocks. False when all have refused. */
    bool send_to_each(uint32_t number) {
        weir_request request = make_request(m_echo, "payload", 7);
        request.struct_size = number + 1 < Ledger::per_life ? request.struct_size : 0;
        bool any = false;
        for (uint64_t at = 0; at < contexts_.size(); at++) {
            if (contexts_[at] == 0) {
                continue;
            }
            request.user_data = (first_life_ + at) * Ledger::per_life + number;
            const weir_status status = weir_request_send(contexts_[at], &request, nullptr, nullptr);
            if (status == WEIR_OK) {
                ledger_.accept(request.user_data);
            }
            contexts_[at] = status == WEIR_ERR_STALE_HANDLE ? 0 : contexts_[at];
            any = any || contexts_[at] != 0;
            shots_++;
        }
        return any;
    }

    Ledger &ledger_;
    std::vector<weir_handle> contexts_;
    std::atomic<uint64_t> first_life_{nothing};
    std::atomic<uint32_t> shots_{0};
    std::thread thread_;
};

weir_handle create_for(const Host &host, uint64_t life) {
    weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
    options.user_data = life;
    weir_handle context = 0;
    EXPECT_EQ(weir_context_create_wait(host.pool, &options, 10'000, &context, nullptr), WEIR_OK);
    return context;
}

/** `waits`: how many lives of a round end by destroy_wait. */
void race_requests_against_destroy(uint32_t delivery, uint64_t waits) {
    const uint64_t lives = scaled(uint64_t{100'000}) / lives_at_once * lives_at_once;
    Ledger ledger(lives);
    Ledger::current = &ledger;
    Host host(delivery, [&](weir_pool_options &options) {
        options.max_slots = lives_at_once;
        options.callback = delivery == WEIR_DELIVER_QUEUE ? nullptr : Ledger::callback;
    });
    std::unique_ptr<Collector> collector;
    if (host.queue != 0) {
        collector = std::make_unique<Collector>(
            host.queue, [&](const weir_record &record) { ledger.see(record); });
    }
    {
        Sender sender(ledger);
        for (uint64_t first = 0; first < lives; first += lives_at_once) {
            std::vector<weir_handle> contexts;
            for (uint64_t at = 0; at < lives_at_once; at++) {
                contexts.push_back(create_for(host, first + at));
            }
            sender.aim(contexts, first);
            for (uint64_t at = 0; at < lives_at_once; at++) {
                if (waits != 0 && at < waits) {
                    ASSERT_EQ(weir_context_destroy_wait(contexts[at], nullptr), WEIR_OK);
                    ledger.end(first + at);
                } else {
                    ASSERT_EQ(weir_context_destroy(contexts[at]), WEIR_OK);
                }
            }
            sender.rest();
        }
    }
    weir_pool_close_wait(host.pool, 30'000, nullptr);
    collector.reset();
    ledger.check();
}

TEST(Races, row_3_6_requests_against_destroy_with_queue_delivery) {
    race_requests_against_destroy(WEIR_DELIVER_QUEUE, 0);
}

TEST(Races, row_3_6_requests_against_destroy_with_callback_delivery) {
    race_requests_against_destroy(WEIR_DELIVER_CALLBACK, 4);
}

TEST(Races, row_3_6_requests_against_destroy_with_direct_delivery) {
    race_requests_against_destroy(WEIR_DELIVER_DIRECT, 4);
}

TEST(Races, requests_against_destroy_without_any_time_to_drain_leave_no_slot_behind) {
    const uint64_t lives = scaled(uint64_t{20'000});
    Ledger ledger(lives);
    Ledger::current = &ledger;
    Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) {
        options.max_slots = 4;
        options.drain_ms = WEIR_OFF;
        options.cancel_ms = WEIR_OFF;
        options.callback = Ledger::callback;
    });
    for (uint64_t life = 0; life < lives; life++) {
        const weir_handle context = create_for(host, life);
        ASSERT_NE(context, 0u) << "life " << life;
        weir_request request = make_request(m_echo);
        request.user_data = life * Ledger::per_life;
        ASSERT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
        ledger.accept(request.user_data);
        ASSERT_EQ(weir_context_destroy(context), WEIR_OK);
    }
    EXPECT_TRUE(eventually([&] { return host.stats().slots_idle == host.stats().slots_total; }));
    host.close();
    ledger.check();
}

// ---- who destroys ----

TEST(Races, row_3_17_of_eight_threads_that_destroy_one_context_one_wins) {
    const uint64_t rounds = scaled(uint64_t{3'000});
    static std::atomic<uint64_t> ends{0};
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.max_slots = 2;
        options.callback = [](const weir_record *record, uintptr_t) {
            ends += record->kind == WEIR_RECORD_DESTROYED ? 1 : 0;
        };
    });
    std::atomic<weir_handle> target{0};
    std::atomic<uint64_t> round{0};
    std::atomic<uint64_t> wins{0};
    std::atomic<uint64_t> waited_wins{0};
    std::atomic<uint64_t> stale{0};
    std::atomic<uint64_t> done{0};
    std::vector<std::thread> threads;
    for (uint64_t me = 0; me < 8; me++) {
        threads.emplace_back([&, me] {
            for (uint64_t next = 1; next <= rounds; next++) {
                for (uint64_t seen = round; seen < next; seen = round) {
                    round.wait(seen);
                }
                const bool waits = me % 2 == 0;
                const weir_status status = waits ? weir_context_destroy_wait(target, nullptr)
                                                 : weir_context_destroy(target);
                wins += status == WEIR_OK ? 1 : 0;
                waited_wins += status == WEIR_OK && waits ? 1 : 0;
                stale += status == WEIR_ERR_STALE_HANDLE ? 1 : 0;
                done++;
            }
        });
    }
    for (uint64_t next = 1; next <= rounds; next++) {
        weir_handle context = 0;
        ASSERT_EQ(weir_context_create_wait(host.pool, nullptr, 10'000, &context, nullptr), WEIR_OK);
        target = context;
        round = next;
        round.notify_all();
        while (done < next * 8) {
            pause_briefly();
        }
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wins, rounds);
    EXPECT_EQ(stale, rounds * 7);
    EXPECT_TRUE(eventually([&] { return ends == rounds - waited_wins; }));
}

// ---- cancel ----

TEST(Races, cancel_against_the_handlers_answer_gives_one_result) {
    const uint64_t rounds = scaled(uint64_t{100'000});
    constexpr uint64_t batch = 50;
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    std::unique_ptr<std::atomic<uint8_t>[]> results(new std::atomic<uint8_t>[rounds]());
    std::atomic<uint64_t> completed{0};
    std::atomic<uint64_t> canceled{0};
    Collector collector(host.queue, [&](const weir_record &record) {
        if (record.kind == WEIR_RECORD_RESPONSE) {
            results[record.user_data]++;
            canceled += record.status == WEIR_ERR_CANCELED ? 1 : 0;
            completed++;
        }
    });
    for (uint64_t first = 0; first < rounds; first += batch) {
        uint64_t ids[batch];
        for (uint64_t at = 0; at < batch; at++) {
            const weir_request request = make_request(m_echo, "x", 1, first + at);
            ASSERT_EQ(weir_request_send(context, &request, &ids[at], nullptr), WEIR_OK);
        }
        for (const uint64_t id : ids) {
            ASSERT_EQ(weir_request_cancel(context, id), WEIR_OK);
            ASSERT_EQ(weir_request_cancel(context, id), WEIR_OK);
        }
        ASSERT_TRUE(eventually([&] { return completed == first + batch; }));
    }
    uint64_t wrong = 0;
    for (uint64_t at = 0; at < rounds; at++) {
        wrong += results[at] == 1 ? 0 : 1;
    }
    EXPECT_EQ(wrong, 0u);
    const weir_pool_stats stats = host.stats();
    EXPECT_EQ(stats.responses_canceled, canceled);
    EXPECT_EQ(stats.responses_ok + stats.responses_canceled, rounds);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Races, cancel_against_an_answer_from_another_thread_gives_one_result) {
    constexpr uint64_t batch = 100;
    const uint64_t rounds = scaled(uint64_t{50'000}) / batch * batch;
    static std::atomic<uint64_t> results{0};
    Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) {
        options.callback = [](const weir_record *record, uintptr_t) {
            results += record->kind == WEIR_RECORD_RESPONSE ? 1 : 0;
        };
    });
    const weir_handle context = host.create();
    std::vector<weir_call> kept;
    const Work keep = [&](weir_call call, Instance &) { kept.push_back(call); };
    const Work *pointer = &keep;
    uint64_t refused = 0;
    for (uint64_t round = 0; round < rounds; round += batch) {
        kept.clear();
        uint64_t ids[batch];
        const weir_request request = run_request(pointer);
        for (uint64_t &id : ids) {
            ASSERT_EQ(weir_request_send(context, &request, &id, nullptr), WEIR_OK);
        }
        ASSERT_EQ(ask(context, m_echo).status, WEIR_OK); // behind them: all calls are kept now
        std::atomic<bool> go{false};
        std::thread answerer([&] {
            go.wait(false);
            for (const weir_call call : kept) {
                refused += weir_call_resolve(call, "late", 4) == WEIR_OK ? 0 : 1;
            }
        });
        go = true;
        go.notify_all();
        for (const uint64_t id : ids) {
            ASSERT_EQ(weir_request_cancel(context, id), WEIR_OK);
        }
        answerer.join();
    }
    EXPECT_EQ(refused, 0u);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    EXPECT_EQ(results, rounds);
    const weir_pool_stats stats = host.stats();
    EXPECT_EQ(stats.responses_ok + stats.responses_canceled, rounds + rounds / batch);
    EXPECT_EQ(stats.results_dropped, stats.responses_canceled);
}

// ---- closing a pool ----

TEST(Races, create_against_the_close_of_its_pool_leaves_no_context_and_no_slot) {
    const uint64_t rounds = scaled(uint64_t{300});
    static std::atomic<uint64_t> ends{0};
    std::atomic<uint64_t> created{0};
    std::atomic<uint64_t> unexpected{0};
    for (uint64_t round = 0; round < rounds; round++) {
        std::atomic<uint32_t> running{0};
        Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
            options.max_slots = 2;
            options.callback = [](const weir_record *record, uintptr_t) {
                ends += record->kind == WEIR_RECORD_DESTROYED ? 1 : 0;
            };
        });
        std::vector<std::thread> threads;
        for (uint32_t me = 0; me < 3; me++) {
            threads.emplace_back([&, me] {
                running++;
                weir_status status = WEIR_OK;
                while (status == WEIR_OK || status == WEIR_ERR_POOL_EXHAUSTED) {
                    weir_handle context = 0;
                    status = me == 0 ? weir_context_create_wait(host.pool, nullptr, WEIR_FOREVER,
                                                                &context, nullptr)
                                     : weir_context_create(host.pool, nullptr, &context, nullptr);
                    if (status == WEIR_OK) {
                        created++;
                        weir_context_destroy(context);
                    }
                }
                unexpected += status == WEIR_ERR_CLOSED || status == WEIR_ERR_STALE_HANDLE ? 0 : 1;
            });
        }
        while (running < 3) {
            pause_briefly();
        }
        ASSERT_EQ(weir_pool_close_wait(host.pool, 30'000, nullptr), WEIR_OK);
        for (std::thread &thread : threads) {
            thread.join();
        }
    }
    EXPECT_EQ(unexpected, 0u);
    EXPECT_EQ(ends, created);
}

TEST(Races, row_3_20_the_close_of_a_pool_answers_all_that_is_sent_meanwhile) {
    const uint64_t rounds = scaled(uint64_t{500});
    static std::atomic<uint64_t> results{0};
    std::atomic<uint64_t> accepted{0};
    for (uint64_t round = 0; round < rounds; round++) {
        Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) {
            options.callback = [](const weir_record *record, uintptr_t) {
                results += record->kind == WEIR_RECORD_RESPONSE ? 1 : 0;
            };
        });
        const weir_handle context = host.create();
        const uint64_t before = accepted;
        std::vector<std::thread> senders;
        for (int sender = 0; sender < 2; sender++) {
            senders.emplace_back([&] {
                const weir_request request = make_request(m_echo, "x", 1);
                weir_status status = WEIR_OK;
                while (status == WEIR_OK || status == WEIR_ERR_QUEUE_FULL) {
                    status = weir_request_send(context, &request, nullptr, nullptr);
                    accepted += status == WEIR_OK ? 1 : 0;
                }
            });
        }
        while (accepted == before) {
            pause_briefly();
        }
        ASSERT_EQ(weir_pool_close_wait(host.pool, 30'000, nullptr), WEIR_OK);
        for (std::thread &sender : senders) {
            sender.join();
        }
        ASSERT_EQ(results, accepted);
    }
}

} // namespace
