#include "engine/library.hpp"

#include <cstring>
#include <new>

#include "base/port.hpp"

namespace weir {

namespace {

constinit LibraryTable table;

/** FNV-1a, 32 bits. */
uint32_t hash_name(const char *name, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t at = 0; at < length; at++) {
        hash = (hash ^ static_cast<uint8_t>(name[at])) * 16777619u;
    }
    return hash;
}

uint32_t buckets_for(uint32_t methods) {
    uint32_t buckets = 8;
    while (buckets < methods * 2) {
        buckets *= 2;
    }
    return buckets;
}

} // namespace

LibraryTable &libraries() { return table; }

Library *Library::make(Engine *engine, const LibraryFacts &about) {
    const char *const texts[] = {about.name, about.version, about.contract, about.contract_hash};
    size_t texts_size = 0;
    for (const char *text : texts) {
        texts_size += text == nullptr ? 0 : strlen(text);
    }
    for (uint32_t at = 0; at < about.method_count; at++) {
        texts_size += strlen(about.methods[at].name);
    }
    const uint32_t buckets = buckets_for(about.method_count);
    const size_t size = sizeof(Library) + about.method_count * sizeof(Words) +
                        buckets * sizeof(uint32_t) + texts_size;
    auto *memory = engine == nullptr ? nullptr : static_cast<char *>(port::allocate(size));
    if (memory == nullptr) {
        if (engine != nullptr) {
            engine->dispose();
        }
        return nullptr;
    }
    auto *library = new (memory) Library;
    library->engine_ = engine;
    library->method_count_ = about.method_count;
    library->bucket_mask_ = buckets - 1;
    library->methods_ = reinterpret_cast<Words *>(memory + sizeof(Library));
    library->buckets_ = reinterpret_cast<uint32_t *>(library->methods_ + about.method_count);
    char *free = reinterpret_cast<char *>(library->buckets_ + buckets);
    const auto copy = [&free](const char *text) -> Words {
        const size_t length = text == nullptr ? 0 : strlen(text);
        char *copied = free;
        memcpy(copied, text == nullptr ? "" : text, length);
        free += length;
        return {.text = text == nullptr ? nullptr : copied, .length = length};
    };
    for (uint32_t at = 0; at < about.method_count; at++) {
        library->methods_[at] = copy(about.methods[at].name);
    }
    library->name_ = copy(about.name);
    library->version_ = copy(about.version);
    library->contract_ = copy(about.contract);
    library->contract_hash_ = copy(about.contract_hash);
    library->index_methods();
    return library;
}

void Library::describe(weir_library_info &out) const {
    const char *engine = engine_->name();
    out = {.struct_size = out.struct_size,
           .method_count = method_count_,
           .name = name_.text,
           .version = version_.text,
           .engine = engine,
           .contract = contract_.text,
           .contract_hash = contract_hash_.text,
           .name_length = name_.length,
           .version_length = version_.length,
           .engine_length = strlen(engine),
           .contract_length = contract_.length,
           .contract_hash_length = contract_hash_.length};
}

void Library::index_methods() {
    for (uint32_t number = 1; number <= method_count_; number++) {
        const Words &method = methods_[number - 1];
        uint32_t bucket = hash_name(method.text, method.length) & bucket_mask_;
        while (buckets_[bucket] != 0) {
            bucket = (bucket + 1) & bucket_mask_;
        }
        buckets_[bucket] = number;
    }
}

uint32_t Library::find_method(const char *name, size_t length) const {
    uint32_t bucket = hash_name(name, length) & bucket_mask_;
    while (buckets_[bucket] != 0) {
        const Words &method = methods_[buckets_[bucket] - 1];
        if (method.length == length && memcmp(method.text, name, length) == 0) {
            return buckets_[bucket];
        }
        bucket = (bucket + 1) & bucket_mask_;
    }
    return 0;
}

void dispose(Library *library) {
    library->engine_->dispose();
    port::deallocate(library);
}

} // namespace weir
