/**
 * weir_run LIBRARY: a host that other programs drive through frames on standard input and output.
 * The `weir` command runs libraries with it.
 *
 *   a frame        u32 length (little-endian, as all numbers), then that many bytes
 *   to weir_run    u8 operation, u32 id, rest
 *                    1 create    rest: config
 *                    2 request   rest: u16 name length, name, u32 timeout in ms (0 = none), payload
 *                    3 listen    to all events
 *                    4 destroy   and end
 *                    5 cancel    rest: u32 id of the request
 *                    6 make the code cache of the library
 *   from weir_run  u8 kind, u32 id, i32 status, rest
 *                    1 answer to the operation with this id; rest: payload or message
 *                    2 event; rest: u16 name length, name, payload
 *                    3 code cache; rest: u16 key length, key, cache
 *
 * The end of the input is a destroy. Ends with 0, or 1 when it could not load the library (which is
 * said in a frame with id 0), or 2 for a broken frame.
 */
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <unistd.h>
#include <weir/weir.h>

#include "engine/plugin.hpp"

namespace {

enum Operation : uint8_t { create = 1, request, listen, destroy, cancel, code_cache };
enum Kind : uint8_t { answer = 1, event, cache };

/** Above the largest payload with its frame. */
constexpr uint32_t most_bytes = (1u << 31) - 1;

/**
 * Frames go to what was the standard output; what the library prints goes to the standard error.
 */
class Output {
  public:
    Output() : frames_(fdopen(dup(STDOUT_FILENO), "wb")) { dup2(STDERR_FILENO, STDOUT_FILENO); }

    void send(Kind kind, uint32_t id, int32_t status, const std::string &rest) {
        std::string frame;
        append(frame, static_cast<uint32_t>(9 + rest.size()));
        frame.push_back(static_cast<char>(kind));
        append(frame, id);
        append(frame, status);
        frame += rest;
        const std::lock_guard lock(mutex_);
        fwrite(frame.data(), 1, frame.size(), frames_);
        fflush(frames_);
    }

    template <class Number> static void append(std::string &bytes, Number number) {
        bytes.append(reinterpret_cast<const char *>(&number), sizeof number);
    }

  private:
    std::mutex mutex_;
    FILE *frames_;
};

/** What is left of a frame. */
class Reader {
  public:
    explicit Reader(const std::string &frame) : frame_(frame) {}

    template <class Number> Number number() {
        Number value = 0;
        if (frame_.size() - at_ < sizeof value) {
            broken_ = true;
            return 0;
        }
        memcpy(&value, frame_.data() + at_, sizeof value);
        at_ += sizeof value;
        return value;
    }

    std::string text(size_t length) {
        if (frame_.size() - at_ < length) {
            broken_ = true;
            return {};
        }
        at_ += length;
        return frame_.substr(at_ - length, length);
    }

    std::string rest() { return text(frame_.size() - at_); }
    bool broken() const { return broken_; }

  private:
    const std::string &frame_;
    size_t at_ = 0;
    bool broken_ = false;
};

bool read_frame(std::string &out) {
    uint32_t length = 0;
    if (fread(&length, sizeof length, 1, stdin) != 1 || length > most_bytes) {
        return false;
    }
    out.resize(length);
    return fread(out.data(), 1, length, stdin) == length;
}

class Runner {
  public:
    explicit Runner(std::string path) : path_(std::move(path)) {}

    int run() {
        if (!open()) {
            return 1;
        }
        std::thread collector([this] { collect(); });
        const int result = take_frames();
        stop();
        collector.join();
        weir_queue_close(queue_);
        weir_library_close(library_);
        return result;
    }

  private:
    bool open() {
        weir_error error = WEIR_ERROR_INIT;
        weir_status status = weir_library_load(path_.data(), path_.size(), &library_, &error);
        if (status == WEIR_OK) {
            status = weir_queue_create(nullptr, &queue_, &error);
        }
        if (status == WEIR_OK) {
            weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
            options.delivery = WEIR_DELIVER_QUEUE;
            options.queue = queue_;
            options.max_slots = 1;
            status = weir_pool_create(library_, &options, &pool_, &error);
        }
        if (status != WEIR_OK) {
            output_.send(answer, 0, status, {error.message, error.message_length});
        }
        return status == WEIR_OK;
    }

    int take_frames() {
        std::string frame;
        while (read_frame(frame)) {
            Reader reader(frame);
            const auto operation = reader.number<uint8_t>();
            const auto id = reader.number<uint32_t>();
            if (operation == destroy) {
                destroy_id_ = id;
                return 0;
            }
            take(operation, id, reader);
            if (reader.broken()) {
                fprintf(stderr, "weir_run: a frame that ends too early, or of no known kind\n");
                return 2;
            }
        }
        return 0;
    }

    void take(uint8_t operation, uint32_t id, Reader &reader) {
        switch (operation) {
        case create: return make_context(id, reader.rest());
        case request: return send(id, reader);
        case listen: return listen_to_all(id);
        case cancel: return cancel_request(reader.number<uint32_t>());
        case code_cache: return make_code_cache(id);
        default: reader.text(SIZE_MAX); return;
        }
    }

    void make_context(uint32_t id, const std::string &config) {
        weir_error error = WEIR_ERROR_INIT;
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        options.config = config.data();
        options.config_length = config.size();
        const weir_status status = weir_context_create(pool_, &options, &context_, &error);
        output_.send(answer, id, status, {error.message, error.message_length});
    }

    void send(uint32_t id, Reader &reader) {
        const std::string name = reader.text(reader.number<uint16_t>());
        const auto timeout_ms = reader.number<uint32_t>();
        const std::string payload = reader.rest();
        if (reader.broken()) {
            return;
        }
        weir_error error = WEIR_ERROR_INIT;
        weir_request made = WEIR_REQUEST_INIT;
        made.name = name.data();
        made.name_length = name.size();
        made.data = payload.data();
        made.length = payload.size();
        made.timeout_ms = timeout_ms;
        made.user_data = id;
        const std::lock_guard lock(mutex_);
        const weir_status status = weir_request_send(context_, &made, &ids_[id], &error);
        if (status != WEIR_OK) {
            output_.send(answer, id, status, {error.message, error.message_length});
        }
    }

    void listen_to_all(uint32_t id) {
        uint64_t listener = 0;
        const weir_status status = weir_context_listen(context_, nullptr, 0, nullptr, 0, &listener);
        output_.send(answer, id, status, {});
    }

    void cancel_request(uint32_t id) {
        const std::lock_guard lock(mutex_);
        const auto found = ids_.find(id);
        if (found != ids_.end()) {
            weir_request_cancel(context_, found->second);
        }
    }

    /** The engine is loaded already, beside the core; only it can make a cache for its own V8. */
    void make_code_cache(uint32_t id) {
        const weir::EnginePlugin *plugin = find_engine();
        if (plugin == nullptr) {
            output_.send(answer, id, WEIR_ERR_ENGINE_MISSING, "the library needs no engine");
            return;
        }
        std::string rest;
        const auto write = [](void *writer, const char *key, const void *data, size_t length) {
            auto &bytes = *static_cast<std::string *>(writer);
            Output::append(bytes, static_cast<uint16_t>(strlen(key)));
            bytes += key;
            bytes.append(static_cast<const char *>(data), length);
        };
        char reason[384] = {};
        const weir_status status =
            plugin->make_code_cache(path_.c_str(), write, &rest, reason, sizeof reason);
        output_.send(status == WEIR_OK ? cache : answer, id, status,
                     status == WEIR_OK ? rest : reason);
    }

    static const weir::EnginePlugin *find_engine() {
        Dl_info core;
        if (dladdr(reinterpret_cast<void *>(&weir_version), &core) == 0) {
            return nullptr;
        }
        std::string path = core.dli_fname;
        path = path.substr(0, path.rfind('/') + 1) + "libweir_node.so";
        void *image = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
        auto entry =
            image == nullptr
                ? nullptr
                : reinterpret_cast<weir::EngineEntry>(dlsym(image, weir::engine_entry_name));
        return entry == nullptr ? nullptr : entry();
    }

    void collect() {
        weir_record records[64];
        uint32_t count = 0;
        bool destroyed = false;
        while (!destroyed) {
            const weir_status status = weir_queue_wait(queue_, records, 64, WEIR_FOREVER, &count);
            if (status != WEIR_OK) {
                return;
            }
            for (uint32_t at = 0; at < count; at++) {
                show(records[at]);
            }
            weir_records_release(records, count);
            destroyed = stopped_ && count == 0;
        }
    }

    void show(const weir_record &record) {
        std::string data(static_cast<const char *>(record.data), record.length);
        if (record.kind == WEIR_RECORD_RESPONSE) {
            const auto id = static_cast<uint32_t>(record.user_data);
            {
                const std::lock_guard lock(mutex_);
                ids_.erase(id);
            }
            output_.send(answer, id, record.status, data);
        } else if (record.kind == WEIR_RECORD_EVENT) {
            std::string rest;
            Output::append(rest, static_cast<uint16_t>(record.name_length));
            rest.append(record.name, record.name_length);
            output_.send(event, 0, WEIR_OK, rest + data);
        } else if (record.kind == WEIR_RECORD_INSTANCE_ENDED) {
            fprintf(stderr, "weir_run: %s\n", data.c_str());
        }
    }

    /** Everything that is on its way is delivered before the collector ends. */
    void stop() {
        weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
        const weir_status status = weir_context_destroy_wait(context_, &report);
        weir_pool_close_wait(pool_, 0, nullptr);
        stopped_ = true;
        weir_queue_wake(queue_);
        if (destroy_id_ != 0) {
            output_.send(answer, destroy_id_, status, {});
        }
    }

    std::string path_;
    Output output_;
    weir_handle library_ = 0;
    weir_handle queue_ = 0;
    weir_handle pool_ = 0;
    weir_handle context_ = 0;
    std::mutex mutex_;
    std::map<uint32_t, uint64_t> ids_; ///< of requests that have no response
    std::atomic<bool> stopped_{false};
    uint32_t destroy_id_ = 0;
};

} // namespace

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: weir_run LIBRARY\n"
                        "Runs a weir library for a program that talks in frames on standard input "
                        "and output; see `weir call`.\n");
        return 2;
    }
    char *path = realpath(arguments[1], nullptr);
    const std::string absolute = path == nullptr ? arguments[1] : path;
    free(path);
    return Runner(absolute).run();
}
