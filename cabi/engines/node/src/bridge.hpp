/**
 * bridge.hpp: the border between a seat and its environment's JavaScript: the functions that
 * JavaScript finds, and those of it that C++ calls. js/native.ts is the other side.
 */
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <node.h>

#include "environment.hpp"
#include "shared_block.hpp"
#include "stopper.hpp"

namespace weir::node_engine {

class NodeSeat;

class Bridge {
  public:
    /** In the order of what js/bridge.ts returns. */
    enum Entry {
        load,
        create,
        destroy,
        run,
        cancel,
        room,
        abort,
        is_clean,
        code_cache,
        recover,
        entries
    };

    /** Run the bridge in a fresh environment. False with the reason. */
    static std::unique_ptr<Bridge> open(Environment &environment, NodeSeat &seat,
                                        SharedBlock &block, std::string &reason);

    /** Call an entry; empty when it threw or was stopped. Inside Environment::enter or look. */
    v8::MaybeLocal<v8::Value> call(Entry entry, int count = 0,
                                   v8::Local<v8::Value> *arguments = nullptr);

    /** Where Node counts the callbacks that run. Its memory is the environment's. */
    const AsyncStack &async_stack() const { return async_stack_; }

    /** What was thrown in the present TryCatch, in words. */
    static std::string describe(v8::Isolate *isolate, const v8::TryCatch &caught);

  private:
    explicit Bridge(Environment &environment) : environment_(environment) {}
    v8::MaybeLocal<v8::Value> start(const node::StartExecutionCallbackInfo &info,
                                    v8::Local<v8::Object> native);
    v8::Local<v8::Object> make_native(NodeSeat &seat, SharedBlock &block);

    void find_async_stack(v8::Local<v8::Value> found);

    Environment &environment_;
    v8::Global<v8::Function> entries_[entries];
    AsyncStack async_stack_;
};

/** A copy of `data` as a Uint8Array; empty without memory. */
v8::MaybeLocal<v8::Uint8Array> to_bytes(v8::Isolate *isolate, const void *data, size_t length);

/** The bytes of a Uint8Array; valid while it is. */
struct BytesView {
    explicit BytesView(v8::Local<v8::Value> value);
    const uint8_t *data = nullptr;
    size_t length = 0;
};

} // namespace weir::node_engine
