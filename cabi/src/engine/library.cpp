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

Library *Library::make(Engine *engine, const weir_method *methods, uint32_t count) {
    size_t names_size = 0;
    for (uint32_t at = 0; at < count; at++) {
        names_size += strlen(methods[at].name);
    }
    const uint32_t buckets = buckets_for(count);
    const size_t size =
        sizeof(Library) + count * sizeof(Method) + buckets * sizeof(uint32_t) + names_size;
    auto *memory = static_cast<char *>(port::allocate(size));
    if (memory == nullptr) {
        return nullptr;
    }
    auto *library = new (memory) Library;
    library->engine_ = engine;
    library->method_count_ = count;
    library->bucket_mask_ = buckets - 1;
    library->methods_ = reinterpret_cast<Method *>(memory + sizeof(Library));
    library->buckets_ = reinterpret_cast<uint32_t *>(library->methods_ + count);
    char *names = reinterpret_cast<char *>(library->buckets_ + buckets);
    for (uint32_t at = 0; at < count; at++) {
        const size_t length = strlen(methods[at].name);
        memcpy(names, methods[at].name, length);
        library->methods_[at] = {.name = names, .length = length};
        names += length;
    }
    library->index_methods();
    return library;
}

void Library::index_methods() {
    for (uint32_t number = 1; number <= method_count_; number++) {
        const Method &method = methods_[number - 1];
        uint32_t bucket = hash_name(method.name, method.length) & bucket_mask_;
        while (buckets_[bucket] != 0) {
            bucket = (bucket + 1) & bucket_mask_;
        }
        buckets_[bucket] = number;
    }
}

uint32_t Library::find_method(const char *name, size_t length) const {
    uint32_t bucket = hash_name(name, length) & bucket_mask_;
    while (buckets_[bucket] != 0) {
        const Method &method = methods_[buckets_[bucket] - 1];
        if (method.length == length && memcmp(method.name, name, length) == 0) {
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
