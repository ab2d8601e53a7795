#pragma once

#include <stdexcept>
#include <string>

namespace neurram {

/// A mistake of the user, or of the world around the program: one sentence that names the file,
/// line or field, the value, and what was expected. Caught once, in `main`, which prints it and
/// exits with code 2. Misuse of a model by a programmer is an assertion or SC_REPORT_ERROR instead.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A configuration field that is unknown, of the wrong type or out of its range.
class ConfigError : public Error {
 public:
  using Error::Error;
};

/// A file that is missing, cut short, damaged, of another kind, or cannot be written.
class FileError : public Error {
 public:
  using Error::Error;
};

/// A network that the mapper cannot read or the chip cannot hold.
class NetworkError : public Error {
 public:
  using Error::Error;
};

/// A command line that cannot be carried out.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// The user pressed Ctrl-C: what was done is kept, the exit code is 130.
class Interrupted : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

}  // namespace neurram
