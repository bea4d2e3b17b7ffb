#include "builtin_cache.hpp"

#include <node_version.h>

#if NODE_MODULE_VERSION == 108

#include <atomic>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <dlfcn.h>

namespace weir::node_engine::builtin_cache {

namespace {

using namespace v8;
using CachedData = ScriptCompiler::CachedData;
using Source = ScriptCompiler::Source;

constexpr char create_symbol[] =
    "_ZN2v814ScriptCompiler26CreateCodeCacheForFunctionENS_5LocalINS_8FunctionEEE";
constexpr char compile_symbol[] =
    "_ZN2v814ScriptCompiler15CompileFunctionENS_5LocalINS_7ContextEEEPNS0_6SourceEmPNS1_INS_"
    "6StringEEEmPNS1_INS_6ObjectEEENS0_14CompileOptionsENS0_13NoCacheReasonE";

struct Compiled {
    std::string name;
    Global<Function> function;
};

/** What there is of it in a process. Never freed: threads of V8 may outlive what ends last. */
struct Kept {
    std::mutex mutex;
    std::map<std::string, std::vector<uint8_t>> caches; ///< one never changes, nor does its place
    std::vector<Compiled> compiled;                     ///< by the first isolate, until it is kept
    std::atomic<Isolate *> first{nullptr};
};

Kept &kept() {
    static Kept &one = *new Kept;
    return one;
}

/**
 * Two members of Source that have no accessor, named without an assumption of its layout: an
 * explicit instantiation may name private members.
 */
template <class Member> struct Access {
    static inline Member Source::*member = nullptr;
};
template <class Member, Member Source::*which> struct Open {
    static inline const bool opened = (Access<Member>::member = which, true);
    bool use() const { return opened; }
};
template struct Open<std::unique_ptr<CachedData>, &Source::cached_data>;
template struct Open<Local<Value>, &Source::resource_name>;

/** V8's own function of this name. */
template <class Function> Function *next(const char *symbol) {
    return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, symbol));
}

CachedData *create_cache(Local<Function> function) {
    static auto *const real = next<CachedData *(Local<Function>)>(create_symbol);
    return real(function);
}

std::string words_of(Isolate *isolate, Local<Value> value) {
    const String::Utf8Value words(isolate, value);
    return *words == nullptr ? "" : *words;
}

/** A view of the cache of a script, or nullptr. */
CachedData *find(const std::string &name) {
    const std::lock_guard lock(kept().mutex);
    const auto found = kept().caches.find(name);
    return found == kept().caches.end()
               ? nullptr
               : new CachedData(found->second.data(), static_cast<int>(found->second.size()));
}

} // namespace

void keep(Isolate *isolate) {
    Kept &all = kept();
    if (all.first.load(std::memory_order_relaxed) != isolate) {
        return;
    }
    const std::lock_guard lock(all.mutex);
    const HandleScope handles(isolate);
    for (Compiled &one : all.compiled) {
        const std::unique_ptr<CachedData> made(create_cache(one.function.Get(isolate)));
        all.caches[one.name].assign(made->data, made->data + made->length);
    }
    all.compiled.clear();
}

void forget(Isolate *isolate) {
    Kept &all = kept();
    if (all.first.load(std::memory_order_relaxed) != isolate) {
        return;
    }
    const std::lock_guard lock(all.mutex);
    all.compiled.clear();
    // Where nothing was kept, the next isolate is the first.
    all.first = all.caches.empty() ? nullptr : reinterpret_cast<Isolate *>(&all);
}

} // namespace weir::node_engine::builtin_cache

namespace v8 {

using namespace weir::node_engine;

/** libnode calls this after each compilation of a script of its own. */
__attribute__((visibility("default"))) ScriptCompiler::CachedData *
ScriptCompiler::CreateCodeCacheForFunction(Local<Function> function) {
    Isolate *isolate = Isolate::GetCurrent();
    const HandleScope handles(isolate);
    std::string name = builtin_cache::words_of(isolate, function->GetScriptOrigin().ResourceName());
    if (CachedData *found = builtin_cache::find(name)) {
        return found;
    }
    builtin_cache::Kept &all = builtin_cache::kept();
    Isolate *nobody = nullptr;
    all.first.compare_exchange_strong(nobody, isolate);
    if (all.first.load() == isolate && name.starts_with("node:")) {
        const std::lock_guard lock(all.mutex);
        all.compiled.push_back({std::move(name), Global<Function>(isolate, function)});
    }
    return builtin_cache::create_cache(function);
}

__attribute__((visibility("default"))) MaybeLocal<Function>
ScriptCompiler::CompileFunction(Local<Context> context, Source *source, size_t count,
                                Local<String> *arguments, size_t extension_count,
                                Local<Object> *extensions, CompileOptions options,
                                NoCacheReason reason) {
    using Real = MaybeLocal<Function>(Local<Context>, Source *, size_t, Local<String> *, size_t,
                                      Local<Object> *, CompileOptions, NoCacheReason);
    static auto *const real = builtin_cache::next<Real>(builtin_cache::compile_symbol);
    if (source->GetCachedData() == nullptr) {
        Isolate *isolate = context->GetIsolate();
        const HandleScope handles(isolate);
        const Local<Value> name = source->*builtin_cache::Access<Local<Value>>::member;
        if (CachedData *found = builtin_cache::find(builtin_cache::words_of(isolate, name))) {
            (source->*builtin_cache::Access<std::unique_ptr<CachedData>>::member).reset(found);
            options = kConsumeCodeCache;
        }
    }
    return real(context, source, count, arguments, extension_count, extensions, options, reason);
}

} // namespace v8

#else

namespace weir::node_engine::builtin_cache {

void keep(v8::Isolate *) {}
void forget(v8::Isolate *) {}

} // namespace weir::node_engine::builtin_cache

#endif
