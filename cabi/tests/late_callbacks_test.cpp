/** No callback comes after its context or its listener has gone, whoever emits at that moment. */
#include <memory>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

/** What user_data points to. Poisoned and freed as soon as weir's promise allows it. */
struct Ear {
    static constexpr uint64_t alive = 0xa11e;
    static constexpr uint64_t poison = 0xdead;

    std::atomic<uint64_t> mark{alive};
    std::atomic<bool> gone{false};
};

std::atomic<uint64_t> heard{0};
std::atomic<uint64_t> heard_by_dead{0};
std::atomic<uint64_t> freed{0};

/** In a release build the memory stays, so that its poison can be seen. */
void free_ear(Ear *ear) {
    ear->mark = Ear::poison;
    freed++;
    if (weir::testing::under_sanitizer) {
        delete ear;
    }
}

void listen_callback(const weir_record *record, uintptr_t user_data) {
    auto *ear = reinterpret_cast<Ear *>(user_data);
    heard_by_dead += ear->mark == Ear::alive ? 0 : 1;
    if (record->kind == WEIR_RECORD_DESTROYED) {
        free_ear(ear);
    } else {
        heard++;
    }
}

constexpr uint64_t lives_at_once = 16;
constexpr uint64_t emitters = 4;

/** Emits to all contexts of a round until each is stale. */
class Emitter {
  public:
    explicit Emitter(const std::array<std::atomic<weir_handle>, lives_at_once> &targets,
                     const std::atomic<bool> &stop)
        : thread_([&targets, &stop] {
              const uint64_t number = 7;
              while (!stop) {
                  for (const std::atomic<weir_handle> &target : targets) {
                      for (int burst = 0; burst < 4; burst++) {
                          weir_emit(target, "e", 1, &number, sizeof number, 0);
                      }
                  }
                  std::this_thread::yield();
              }
          }) {}
    ~Emitter() { thread_.join(); }
    Emitter(const Emitter &) = delete;
    Emitter &operator=(const Emitter &) = delete;

  private:
    std::thread thread_;
};

void destroy_under_fire(uint32_t delivery) {
    const uint64_t lives = scaled(uint64_t{100'000});
    heard = 0;
    freed = 0;
    Host host(delivery, [](weir_pool_options &options) {
        options.max_slots = lives_at_once;
        options.callback = listen_callback;
    });
    std::vector<Ear *> ears; // of a release build
    std::array<std::atomic<weir_handle>, lives_at_once> targets{};
    std::atomic<bool> stop{false};
    {
        std::vector<std::unique_ptr<Emitter>> threads;
        for (uint64_t at = 0; at < emitters; at++) {
            threads.push_back(std::make_unique<Emitter>(targets, stop));
        }
        for (uint64_t life = 0; life < lives; life++) {
            std::atomic<weir_handle> &target = targets[life % lives_at_once];
            if (const weir_handle old = target; old != 0 && life % 16 == 0) {
                EXPECT_EQ(weir_context_destroy_wait(old, nullptr), WEIR_OK);
                free_ear(ears[life - lives_at_once]);
            } else if (old != 0) {
                EXPECT_EQ(weir_context_destroy(old), WEIR_OK);
            }
            auto *ear = new Ear;
            ears.push_back(ear);
            weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
            options.user_data = reinterpret_cast<uintptr_t>(ear);
            weir_handle context = 0;
            EXPECT_EQ(weir_context_create_wait(host.pool, &options, 10'000, &context, nullptr),
                      WEIR_OK);
            uint64_t listener = 0;
            EXPECT_EQ(
                weir_context_listen(context, nullptr, 0, nullptr, options.user_data, &listener),
                WEIR_OK);
            target = context;
        }
        EXPECT_EQ(weir_pool_close_wait(host.pool, 30'000, nullptr), WEIR_OK);
        stop = true;
    }
    EXPECT_EQ(heard_by_dead, 0u);
    EXPECT_EQ(freed, lives);
    EXPECT_GT(heard, 0u);
    for (Ear *ear : ears) {
        if (!weir::testing::under_sanitizer) {
            delete ear;
        }
    }
}

TEST(LateCallbacks, row_T4_none_after_destroy_under_four_emitters_with_callback_delivery) {
    destroy_under_fire(WEIR_DELIVER_CALLBACK);
}

TEST(LateCallbacks, row_T4_none_after_destroy_under_four_emitters_with_direct_delivery) {
    destroy_under_fire(WEIR_DELIVER_DIRECT);
}

// ---- listeners ----

struct Listening {
    std::atomic<bool> removed{false};
    std::atomic<uint32_t> begun_after{0};
};

void note_begin(const weir_record *record, uintptr_t user_data) {
    if (record->kind == WEIR_RECORD_EVENT) {
        auto *listening = reinterpret_cast<Listening *>(user_data);
        listening->begun_after += listening->removed ? 1 : 0;
        heard++;
    }
}

/**
 * A callback that weir had entered when unlisten returned may reach its first line later: one a
 * listener, no more.
 */
void unlisten_under_fire(uint32_t delivery) {
    const uint64_t rounds = scaled(uint64_t{50'000});
    Host host(delivery, [](weir_pool_options &options) { options.callback = note_begin; });
    const weir_handle context = host.create();
    std::array<std::atomic<weir_handle>, lives_at_once> targets{};
    targets[0] = context;
    std::atomic<bool> stop{false};
    std::vector<std::unique_ptr<Listening>> all;
    {
        const Emitter one(targets, stop);
        const Emitter two(targets, stop);
        uint64_t last = 0;
        for (uint64_t round = 0; round < rounds; round++) {
            all.push_back(std::make_unique<Listening>());
            uint64_t listener = 0;
            EXPECT_EQ(weir_context_listen(context, "e", 1, nullptr,
                                          reinterpret_cast<uintptr_t>(all.back().get()), &listener),
                      WEIR_OK);
            EXPECT_GT(listener, last) << "ids never repeat";
            last = listener;
            if (round % 64 == 0) {
                const uint64_t before = heard;
                EXPECT_TRUE(eventually([&] { return heard > before; }));
            }
            EXPECT_EQ(weir_context_unlisten(context, listener), WEIR_OK);
            all.back()->removed = true;
            EXPECT_EQ(weir_context_unlisten(context, listener), WEIR_ERR_INVALID_ARGUMENT);
        }
        stop = true;
    }
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    for (const auto &listening : all) {
        ASSERT_LE(listening->begun_after, 1u);
    }
}

TEST(LateCallbacks, none_begins_after_unlisten_with_callback_delivery) {
    unlisten_under_fire(WEIR_DELIVER_CALLBACK);
}

TEST(LateCallbacks, none_begins_after_unlisten_with_direct_delivery) {
    unlisten_under_fire(WEIR_DELIVER_DIRECT);
}

TEST(LateCallbacks, a_listener_that_removes_itself_hears_nothing_more) {
    static std::atomic<uint64_t> calls{0};
    static std::atomic<uint64_t> refused{0};
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *record, uintptr_t) {
            if (record->kind == WEIR_RECORD_EVENT) {
                calls++;
                refused += weir_context_unlisten(record->context, record->id) == WEIR_OK ? 0 : 1;
            }
        };
    });
    const weir_handle context = host.create();
    for (uint64_t round = 1; round <= 100; round++) {
        uint64_t listener = 0;
        ASSERT_EQ(weir_context_listen(context, "e", 1, nullptr, 0, &listener), WEIR_OK);
        const uint64_t count = 10;
        EXPECT_EQ(ask(context, m_emit, &count, sizeof count).status, WEIR_OK);
        EXPECT_TRUE(eventually([&] { return calls == round; }));
    }
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    EXPECT_EQ(calls, 100u);
    EXPECT_EQ(refused, 0u);
}

} // namespace
