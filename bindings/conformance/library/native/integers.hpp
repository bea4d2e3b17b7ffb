/**
 * integers.hpp: integers of a width, as one CBOR item in its shortest form.
 *
 * Guarantees: what is read and written back has the same bytes; what does not fit the width, is not
 * an integer or has bytes behind it throws.
 */
#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace conformance {

class NotThisInteger : public std::invalid_argument {
  public:
    using std::invalid_argument::invalid_argument;
};

/** An integer of CBOR: `number`, or -1 - `number`. */
struct Integer {
    bool negative = false;
    uint64_t number = 0;
};

inline Integer read_integer(std::string_view data) {
    const auto byte = [&](size_t at) -> uint64_t {
        return at < data.size() ? static_cast<uint8_t>(data[at])
                                : throw NotThisInteger("expected an integer, the payload ends");
    };
    const uint64_t head = byte(0);
    const uint64_t info = head & 31;
    if (head >> 5 > 1 || info > 27) {
        throw NotThisInteger("expected an integer");
    }
    const size_t follows = info < 24 ? 0 : size_t{1} << (info - 24);
    Integer read{head >> 5 == 1, follows == 0 ? info : 0};
    for (size_t at = 1; at <= follows; at++) {
        read.number = read.number << 8 | byte(at);
    }
    return data.size() == 1 + follows ? read
                                      : throw NotThisInteger("something follows the integer");
}

inline std::string write_integer(const Integer &integer) {
    const auto head = [&](uint64_t info) {
        return static_cast<char>((integer.negative ? 32u : 0u) | info);
    };
    if (integer.number < 24) {
        return {head(integer.number)};
    }
    uint64_t code = 0;
    while (code < 3 && integer.number >> (8u << code) != 0) {
        code++;
    }
    std::string bytes{head(24 + code)};
    for (size_t left = size_t{1} << code; left > 0; left--) {
        bytes.push_back(static_cast<char>(integer.number >> (8 * (left - 1))));
    }
    return bytes;
}

/** The same integer, or an error when it has no place in `Width`. */
template <class Width> std::string echo_integer(std::string_view data) {
    const Integer integer = read_integer(data);
    const auto most = static_cast<uint64_t>(std::numeric_limits<Width>::max());
    const bool fits = integer.number <= most && (!integer.negative || std::is_signed_v<Width>);
    return fits ? write_integer(integer) : throw NotThisInteger("out of range");
}

} // namespace conformance
