// Errors of the bookmarks library.
//
// Each says what was wrong and where: the field, the line or the byte. None repeats the bytes that
// it was given, since a message may end up in a log that is less private than the data.
#pragma once

#include <stdexcept>
#include <string>

namespace bookmarks {

class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Another writer held the file for longer than the busy timeout.
class Busy : public Error {
  public:
    using Error::Error;
};

// The host no longer waits for the result; what was written so far is rolled back.
class Canceled : public Error {
  public:
    Canceled() : Error("canceled; nothing was changed") {}
};

} // namespace bookmarks
