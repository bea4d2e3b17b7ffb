#include "bridge.hpp"

#include <cstring>
#include <unistd.h>

#include "node_seat.hpp"

extern "C" const char weir_bridge_text[];
extern "C" const char weir_bridge_text_end[];

namespace weir::node_engine {

namespace {

using namespace v8;
using Arguments = FunctionCallbackInfo<Value>;

NodeSeat &seat_of(const Arguments &arguments) {
    return *static_cast<NodeSeat *>(arguments.Data().As<External>()->Value());
}

uint32_t number_of(const Arguments &arguments, int at) {
    return arguments[at].As<Uint32>()->Value();
}

/** Bytes of the engine itself as a string of V8's, without a copy. */
class OwnText final : public String::ExternalOneByteStringResource {
  public:
    explicit OwnText(std::string_view text) : text_(text) {}
    const char *data() const override { return text_.data(); }
    size_t length() const override { return text_.size(); }

  private:
    std::string_view text_;
};

bool is_ascii(std::string_view text) {
    for (const char byte : text) {
        if ((byte & 0x80) != 0) {
            return false;
        }
    }
    return true;
}

/** `text` lives as long as the library. */
MaybeLocal<String> to_string(Isolate *isolate, std::string_view text) {
    return is_ascii(text) ? String::NewExternalOneByte(isolate, new OwnText(text))
                          : String::NewFromUtf8(isolate, text.data(), NewStringType::kNormal,
                                                static_cast<int>(text.size()));
}

void bundle(const Arguments &arguments) {
    Local<String> text;
    if (to_string(arguments.GetIsolate(), seat_of(arguments).engine().code()).ToLocal(&text)) {
        arguments.GetReturnValue().Set(text);
    }
}

/** The cache's bytes without a copy: V8 only reads them. The array buffer keeps them alive. */
void read_code_cache(const Arguments &arguments) {
    const CodeCache cache = seat_of(arguments).engine().code_cache();
    if (cache == nullptr) {
        return;
    }
    auto *kept = new CodeCache(cache);
    auto store = ArrayBuffer::NewBackingStore(
        const_cast<uint8_t *>(cache->data()), cache->size(),
        [](void *, size_t, void *held) { delete static_cast<CodeCache *>(held); }, kept);
    const Local<ArrayBuffer> buffer = ArrayBuffer::New(arguments.GetIsolate(), std::move(store));
    arguments.GetReturnValue().Set(Uint8Array::New(buffer, 0, cache->size()));
}

void keep_code_cache(const Arguments &arguments) {
    const BytesView bytes(arguments[0]);
    seat_of(arguments).engine().keep_code_cache(
        std::make_shared<std::vector<uint8_t>>(bytes.data, bytes.data + bytes.length));
}

void take_large(const Arguments &arguments) {
    Local<Uint8Array> data;
    if (seat_of(arguments)
            .take_large(arguments.GetIsolate(), number_of(arguments, 0))
            .ToLocal(&data)) {
        arguments.GetReturnValue().Set(data);
    }
}

void flush(const Arguments &arguments) { seat_of(arguments).take_answers(); }

void answer_large(const Arguments &arguments) {
    seat_of(arguments).answer_large(number_of(arguments, 0),
                                    static_cast<weir_status>(number_of(arguments, 1)),
                                    arguments[2].As<Uint8Array>());
}

void watch_cancel(const Arguments &arguments) {
    const NodeSeat::Watching watching = seat_of(arguments).watch_cancel(number_of(arguments, 0));
    arguments.GetReturnValue().Set(static_cast<uint32_t>(watching));
}

void remaining(const Arguments &arguments) {
    arguments.GetReturnValue().Set(seat_of(arguments).remaining(number_of(arguments, 0)));
}

void emit(const Arguments &arguments) {
    const String::Utf8Value name(arguments.GetIsolate(), arguments[0]);
    const BytesView data(arguments[1]);
    arguments.GetReturnValue().Set(
        seat_of(arguments).emit(*name, static_cast<size_t>(name.length()), data.data, data.length));
}

void create_ended(const Arguments &arguments) {
    const bool failed = arguments[0]->IsTrue();
    const BytesView reason(arguments[1]);
    seat_of(arguments).create_ended(failed, reason.data, reason.length);
}

void destroy_ended(const Arguments &arguments) { seat_of(arguments).destroy_ended(); }

void end(const Arguments &arguments) {
    const String::Utf8Value reason(arguments.GetIsolate(), arguments[0]);
    seat_of(arguments).end(std::string(*reason, static_cast<size_t>(reason.length())));
}

/** What the host's own prints do: whole, unbuffered, and without a care for the result. */
void print(const Arguments &arguments) {
    const String::Utf8Value text(arguments.GetIsolate(), arguments[1]);
    size_t done = 0;
    while (done < static_cast<size_t>(text.length())) {
        const ssize_t count = write(static_cast<int>(number_of(arguments, 0)), *text + done,
                                    static_cast<size_t>(text.length()) - done);
        if (count <= 0) {
            return;
        }
        done += static_cast<size_t>(count);
    }
}

Local<String> literal(Isolate *isolate, const char *text) {
    return String::NewFromUtf8(isolate, text).ToLocalChecked();
}

} // namespace

BytesView::BytesView(Local<Value> value) {
    if (value->IsArrayBufferView()) {
        const Local<ArrayBufferView> view = value.As<ArrayBufferView>();
        length = view->ByteLength();
        data = static_cast<const uint8_t *>(view->Buffer()->Data()) + view->ByteOffset();
    }
}

MaybeLocal<Uint8Array> to_bytes(Isolate *isolate, const void *data, size_t length) {
    // Not by ArrayBuffer::New, which ends the process when there is no memory left.
    void *memory = isolate->GetArrayBufferAllocator()->AllocateUninitialized(length);
    if (memory == nullptr) {
        isolate->ThrowException(Exception::RangeError(
            literal(isolate, "the payload does not fit into the memory of this instance")));
        return {};
    }
    memcpy(memory, data, length);
    auto store = ArrayBuffer::NewBackingStore(
        memory, length,
        [](void *bytes, size_t size, void *allocator) {
            static_cast<ArrayBuffer::Allocator *>(allocator)->Free(bytes, size);
        },
        isolate->GetArrayBufferAllocator());
    const Local<ArrayBuffer> buffer = ArrayBuffer::New(isolate, std::move(store));
    return Uint8Array::New(buffer, 0, length);
}

Local<Object> Bridge::make_native(NodeSeat &seat, SharedBlock &block) {
    Isolate *isolate = environment_.isolate();
    const Local<Context> context = environment_.context();
    const Local<Object> native = Object::New(isolate);
    const Local<External> data = External::New(isolate, &seat);
    static constexpr struct {
        const char *name;
        FunctionCallback function;
    } functions[] = {
        {"bundle", bundle},
        {"codeCache", read_code_cache},
        {"keepCodeCache", keep_code_cache},
        {"takeLarge", take_large},
        {"flush", flush},
        {"answerLarge", answer_large},
        {"watchCancel", watch_cancel},
        {"remaining", remaining},
        {"emit", emit},
        {"createEnded", create_ended},
        {"destroyEnded", destroy_ended},
        {"end", end},
        {"print", print},
    };
    for (const auto &[name, function] : functions) {
        const Local<Function> made =
            FunctionTemplate::New(isolate, function, data)->GetFunction(context).ToLocalChecked();
        native->Set(context, literal(isolate, name), made).Check();
    }
    auto store =
        ArrayBuffer::NewBackingStore(&block, sizeof block, BackingStore::EmptyDeleter, nullptr);
    native->Set(context, literal(isolate, "shared"), ArrayBuffer::New(isolate, std::move(store)))
        .Check();
    native
        ->Set(context, literal(isolate, "fresh"),
              Boolean::New(isolate, seat.has_fresh_environments()))
        .Check();
    native
        ->Set(context, literal(isolate, "filename"), literal(isolate, seat.engine().path().c_str()))
        .Check();
    return native;
}

MaybeLocal<Value> Bridge::start(const node::StartExecutionCallbackInfo &info,
                                Local<Object> native) {
    Isolate *isolate = environment_.isolate();
    const Local<Context> context = environment_.context();
    const std::string_view text(weir_bridge_text,
                                static_cast<size_t>(weir_bridge_text_end - weir_bridge_text));
    Local<String> code;
    if (!to_string(isolate, text).ToLocal(&code)) {
        return {};
    }
    ScriptOrigin origin(isolate, literal(isolate, "weir:bridge"));
    ScriptCompiler::Source source(code, origin);
    Local<String> parameters[] = {literal(isolate, "process"), literal(isolate, "require"),
                                  literal(isolate, "module")};
    Local<Function> compiled;
    if (!ScriptCompiler::CompileFunctionInContext(context, &source, 3, parameters, 0, nullptr)
             .ToLocal(&compiled)) {
        return {};
    }
    const Local<Object> module = Object::New(isolate);
    module->Set(context, literal(isolate, "exports"), Object::New(isolate)).Check();
    Local<Value> arguments[] = {info.process_object, info.native_require, module};
    if (compiled->Call(context, Undefined(isolate), 3, arguments).IsEmpty()) {
        return {};
    }
    const Local<Value> exports = module->Get(context, literal(isolate, "exports")).ToLocalChecked();
    const Local<Value> starter =
        exports.As<Object>()->Get(context, literal(isolate, "start")).ToLocalChecked();
    Local<Value> given[] = {native, info.native_require};
    return starter.As<Function>()->Call(context, Undefined(isolate), 2, given);
}

std::unique_ptr<Bridge> Bridge::open(Environment &environment, NodeSeat &seat, SharedBlock &block,
                                     std::string &reason) {
    std::unique_ptr<Bridge> bridge(new Bridge(environment));
    Isolate *isolate = environment.isolate();
    const bool loaded =
        environment.load([&](const node::StartExecutionCallbackInfo &info) -> MaybeLocal<Value> {
            TryCatch caught(isolate);
            const Local<Context> context = environment.context();
            Local<Value> made;
            if (!bridge->start(info, bridge->make_native(seat, block)).ToLocal(&made)) {
                reason = "the engine's own script failed: " + describe(isolate, caught);
                return {};
            }
            bridge->find_async_stack(made.As<Object>()->Get(context, entries).ToLocalChecked());
            for (uint32_t at = 0; at < entries; at++) {
                const Local<Value> entry = made.As<Object>()->Get(context, at).ToLocalChecked();
                bridge->entries_[at].Reset(isolate, entry.As<Function>());
            }
            return made;
        });
    if (!loaded && reason.empty()) {
        reason = "Node could not start an environment";
    }
    return loaded ? std::move(bridge) : nullptr;
}

/** `found` is [fields, ids, length, execution, trigger]: two arrays and where in them. */
void Bridge::find_async_stack(Local<Value> found) {
    if (!found->IsArray()) {
        return; // a Node that keeps no such count
    }
    const Local<Context> context = environment_.context();
    const auto member = [&](uint32_t at) {
        return found.As<Array>()->Get(context, at).ToLocalChecked();
    };
    const auto position = [&](uint32_t at) { return member(at).As<Uint32>()->Value(); };
    const auto memory = [](Local<Value> value) {
        const Local<ArrayBufferView> view = value.As<ArrayBufferView>();
        return static_cast<char *>(view->Buffer()->Data()) + view->ByteOffset();
    };
    auto *fields = reinterpret_cast<uint32_t *>(memory(member(0)));
    auto *ids = reinterpret_cast<double *>(memory(member(1)));
    async_stack_ = {.length = fields + position(2),
                    .execution_id = ids + position(3),
                    .trigger_id = ids + position(4)};
}

MaybeLocal<Value> Bridge::call(Entry entry, int count, Local<Value> *arguments) {
    Isolate *isolate = environment_.isolate();
    return entries_[entry].Get(isolate)->Call(environment_.context(), Undefined(isolate), count,
                                              arguments);
}

std::string Bridge::describe(Isolate *isolate, const TryCatch &caught) {
    if (!caught.HasCaught() || caught.HasTerminated()) {
        return "it was stopped";
    }
    const String::Utf8Value words(isolate, caught.Exception());
    return *words == nullptr ? "an error that cannot be shown" : *words;
}

} // namespace weir::node_engine
