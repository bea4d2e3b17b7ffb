/** guard.hpp: what each exported function does first, and how it reports an error. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <weir/weir.h>

#include "base/port.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace weir {

/** The caller's error struct, or a scratch one when there is none; written when the call ends. */
class ErrorReport {
  public:
    explicit ErrorReport(weir_error *out) : out_(is_usable(out) ? out : nullptr) {
        if (out_ != nullptr) {
            out_->status = WEIR_OK;
            out_->message_length = 0;
            out_->message[0] = '\0';
        }
    }

    weir_error *get() { return out_; }
    Text &reason() { return reason_; }

    /** Write `status` and its message; return it. */
    weir_status end(weir_status status) {
        if (out_ == nullptr || status == WEIR_OK) {
            return status;
        }
        out_->status = status;
        if (out_->message[0] == '\0') {
            Text text(out_->message, sizeof out_->message);
            text.add(reason_.length() > 0 ? words_ : weir_status_name(status));
        }
        out_->message_length = static_cast<uint32_t>(strlen(out_->message));
        return status;
    }

    weir_status end(weir_status status, const char *complaint) {
        reason_.add(complaint);
        return end(status);
    }

  private:
    static bool is_usable(const weir_error *out) {
        return out != nullptr && out->struct_size >= sizeof(weir_error);
    }

    weir_error *out_;
    char words_[WEIR_ERROR_MESSAGE_SIZE];
    Text reason_{words_, sizeof words_};
};

/** Checks a string of a name's length. Returns WEIR_OK, INVALID_ARGUMENT, TOO_LARGE or BAD_UTF8. */
inline weir_status check_name(const char *name, size_t length, Text &reason, const char *what) {
    if (name == nullptr) {
        reason.add(what).add(": NULL");
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    if (length > WEIR_NAME_LENGTH_MAX) {
        reason.add(what).add(": ").add(length).add(" bytes, at most 255");
        return WEIR_ERR_TOO_LARGE;
    }
    const size_t bad = utf8_find_error(name, length);
    if (bad != utf8_valid) {
        reason.add(what).add(": not UTF-8 at byte ").add(bad);
        return WEIR_ERR_BAD_UTF8;
    }
    return WEIR_OK;
}

/**
 * The options that an init macro gives, for a NULL pointer; nullptr when the struct is of an
 * unknown size.
 */
template <class Options>
const Options *options_or_default(const Options *options, const Options &fallback) {
    if (options == nullptr) {
        return &fallback;
    }
    return options->struct_size == sizeof(Options) ? options : nullptr;
}

} // namespace weir

/** First line of each exported function that returns a status. */
#define WEIR_REFUSE_IN_CHILD()                                                                     \
    do {                                                                                           \
        if (weir::port::forked()) return WEIR_ERR_FORKED;                                          \
    } while (0)
