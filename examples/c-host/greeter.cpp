/** greeter.cpp: the smallest library: one method, and an instance that counts its calls. */
// [sample:library]
#include <stdexcept>
#include <string>

#include <weir/library.h>

struct Greeter {
    std::string greeting;
    int calls = 0;
};

static weir_status create(weir_instance, const void *config, size_t length, void **out_state) {
    *out_state = new Greeter{std::string(static_cast<const char *>(config), length)};
    return WEIR_OK;
}

static void destroy(weir_instance, void *state) { delete static_cast<Greeter *>(state); }

// Handlers of one instance run one after the other on one thread: no lock is needed.
static void greet(weir_call call, void *state, const void *data, size_t length) {
    auto *greeter = static_cast<Greeter *>(state);
    if (length == 0) {
        throw std::invalid_argument("greet: whom?"); // becomes an error response
    }
    greeter->calls++;
    const std::string name(static_cast<const char *>(data), length);
    const std::string text = greeter->greeting + ", " + name + "!";
    weir_emit(weir_call_instance(call), "greeted", 7, name.data(), name.size(), 0);
    weir_call_resolve(call, text.data(), text.size());
}

static const weir_method methods[] = {WEIR_METHOD("greet", greet)};

WEIR_LIBRARY_ENTRY {
    static const weir_library_definition definition = {
        .struct_size = sizeof definition,
        .abi_version = WEIR_ABI_VERSION,
        .name = "greeter",
        .version = "1.0.0",
        .methods = methods,
        .method_count = 1,
        .reserved = 0,
        .create = WEIR_CREATE(create),
        .destroy = WEIR_DESTROY(destroy),
    };
    return &definition;
}
// [/sample]
