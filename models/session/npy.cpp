#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>

#include "models/base/error.h"
#include "models/session/npz.h"

namespace neurram::session {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kMostDimensions = 32;  // as NumPy has
constexpr std::size_t kAlignment = 64;       // of the data, as NumPy writes it

/// The header's Python dictionary of three keys.
struct Header {
  std::string type;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::size_t>> shape;
};

/// Reads {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  Header read() {
    Header header;
    expect('{');
    while (!take('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        if (peek() == '[') throw FileError(name_ + ": its elements are records, not numbers");
        header.type = quoted();
      } else if (key == "fortran_order") {
        header.fortran_order = truth();
      } else if (key == "shape") {
        header.shape = tuple();
      } else {
        fail();
      }
      if (!take(',') && peek() != '}') fail();
    }
    if (header.type.empty() || !header.fortran_order || !header.shape) fail();
    return header;
  }

 private:
  [[noreturn]] void fail() const { throw FileError(name_ + ": its .npy header is damaged"); }

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) fail();
  }

  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail();
    const std::size_t end = text_.find(quote, ++at_);
    if (end == std::string_view::npos) fail();
    const std::string value(text_.substr(at_, end - at_));
    at_ = end + 1;
    for (const char c : value) {
      if (c < ' ' || c > '~') fail();
    }
    return value;
  }

  bool truth() {
    peek();
    for (const std::string_view word : {"True", "False"}) {
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return word == "True";
    }
    fail();
  }

  std::size_t whole_number() {
    constexpr std::size_t kMost = std::size_t{1} << 60;
    std::size_t value = 0;
    if (peek() < '0' || peek() > '9') fail();
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (value > kMost / 10) fail();
      value = 10 * value + static_cast<std::size_t>(text_[at_] - '0');
    }
    return value;
  }

  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> values;
    expect('(');
    while (!take(')')) {
      values.push_back(whole_number());
      if (!take(',') && peek() != ')') fail();
      if (values.size() > kMostDimensions) fail();
    }
    return values;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

/// What "<f8" says.
struct Type {
  char kind = 0;
  std::size_t bytes = 0;  ///< of an element
};

Type parse_type(const std::string& text, const std::string& name) {
  const auto unknown = [&] {
    return FileError(name + ": its elements are of type '" + text +
                     "'; numbers (f4 f8 i1 to i8 u1 to u8 b1) and texts (U S) are understood");
  };
  if (text.size() < 3 || text.size() > 10) throw unknown();
  std::size_t number = 0;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') throw unknown();
    number = 10 * number + static_cast<std::size_t>(c - '0');
  }
  Type type{text[1], number};
  const auto one_of = [&](std::string_view digits) {
    return number < 10 && digits.find(static_cast<char>('0' + number)) != digits.npos;
  };
  const bool known = type.kind == 'f'                       ? one_of("48")
                     : type.kind == 'i' || type.kind == 'u' ? one_of("1248")
                     : type.kind == 'b'                     ? one_of("1")
                                                            : type.kind == 'U' || type.kind == 'S';
  if (!known || number == 0) throw unknown();
  if (text[0] == '>' && number > 1)
    throw FileError(name + ": its elements ('" + text + "') are big-endian, not little-endian");
  if (text[0] != '<' && text[0] != '|' && text[0] != '>') throw unknown();
  if (type.kind == 'U') type.bytes *= 4;
  return type;
}

template <class Value>
double load(const char* at) {
  Value value;
  std::memcpy(&value, at, sizeof value);
  return static_cast<double>(value);
}

using Load = double (*)(const char*);

/// How to read a number of this type.
Load loader(const Type& type) {
  switch (type.kind) {
    case 'f':
      return type.bytes == 4 ? load<float> : load<double>;
    case 'i':
      return type.bytes == 1   ? load<std::int8_t>
             : type.bytes == 2 ? load<std::int16_t>
             : type.bytes == 4 ? load<std::int32_t>
                               : load<std::int64_t>;
    case 'u':
      return type.bytes == 1   ? load<std::uint8_t>
             : type.bytes == 2 ? load<std::uint16_t>
             : type.bytes == 4 ? load<std::uint32_t>
                               : load<std::uint64_t>;
    default:
      return [](const char* at) { return *at != 0 ? 1.0 : 0.0; };
  }
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto put = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto more = [&](int shift) { put(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    more(0);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    more(6), more(0);
  } else {
    put(0xF0 | code >> 18);
    more(12), more(6), more(0);
  }
}

/// A text, padded with zeros to the type's width.
std::string load_text(std::string_view element, char kind, const std::string& name) {
  const std::size_t width = kind == 'U' ? 4 : 1;
  while (!element.empty() && little_endian(element.substr(element.size() - width)) == 0)
    element.remove_suffix(width);
  std::string text;
  for (std::size_t i = 0; i < element.size(); i += width) {
    const std::uint32_t code = little_endian(element.substr(i, width));
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    if (code == 0 || code > 0x10FFFF || surrogate || (kind == 'S' && code > 0x7F))
      throw FileError(name + ": its text holds what is no character");
    append_utf8(text, code);
  }
  return text;
}

/// Elements that the shape asks for; nothing if they are more than `most`.
std::optional<std::size_t> element_count(const std::vector<std::size_t>& shape, std::size_t most) {
  std::size_t count = 1;
  for (const std::size_t n : shape) {
    if (n == 0) return 0;
  }
  for (const std::size_t n : shape) {
    if (n > most / count) return std::nullopt;
    count *= n;
  }
  return count;
}

/// For each element in C order, its place in Fortran order.
class FortranOrder {
 public:
  explicit FortranOrder(const std::vector<std::size_t>& shape)
      : shape_(shape), index_(shape.size(), 0), stride_(shape.size(), 1) {
    for (std::size_t d = 1; d < shape.size(); ++d) stride_[d] = stride_[d - 1] * shape[d - 1];
  }

  std::size_t next() {
    const std::size_t place = place_;
    for (std::size_t d = shape_.size(); d-- > 0;) {
      place_ += stride_[d];
      if (++index_[d] < shape_[d]) break;
      place_ -= stride_[d] * shape_[d];
      index_[d] = 0;
    }
    return place;
  }

 private:
  const std::vector<std::size_t>& shape_;
  std::vector<std::size_t> index_;
  std::vector<std::size_t> stride_;
  std::size_t place_ = 0;
};

std::string npy_header(const std::string& type, const std::vector<std::size_t>& shape) {
  std::string text =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  constexpr std::size_t kBefore = 10;
  while ((kBefore + text.size() + 1) % kAlignment != 0) text += ' ';
  text += '\n';
  std::string header(kMagic);
  header += std::string("\x01\x00", 2);
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

template <class Number>
std::string numbers_npy(const std::string& type, const std::vector<std::size_t>& shape,
                        const std::vector<Number>& numbers) {
  std::string bytes = npy_header(type, shape);
  bytes.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number));
  return bytes;
}

}  // namespace

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (std::size_t d = 0; d < shape.size(); ++d)
    text += (d > 0 ? ", " : "") + std::to_string(shape[d]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

NpyArray parse_npy(std::string_view bytes, const std::string& name) {
  if (bytes.substr(0, kMagic.size()) != kMagic)
    throw FileError(name + ": is no .npy array (it does not begin as one)");
  const FileError cut(name + ": cut short within its .npy header");
  if (bytes.size() < 8) throw cut;
  const int version = static_cast<unsigned char>(bytes[6]);
  if (version != 1 && version != 2) {
    throw FileError(name + ": is of .npy version " + std::to_string(version) +
                    "; versions 1 and 2 are understood");
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t text_at = 8 + length_bytes;
  if (bytes.size() < text_at) throw cut;
  const std::size_t text_size = little_endian(bytes.substr(8, length_bytes));
  if (bytes.size() - text_at < text_size) throw cut;
  const Header header = HeaderReader(bytes.substr(text_at, text_size), name).read();
  const Type type = parse_type(header.type, name);
  const std::string_view data = bytes.substr(text_at + text_size);

  const auto count =
      element_count(*header.shape, std::numeric_limits<std::size_t>::max() / type.bytes);
  if (!count || *count * type.bytes != data.size()) {
    throw FileError(name + ": holds " + std::to_string(data.size()) + " bytes of data; shape " +
                    shape_text(*header.shape) + " of type '" + header.type + "' needs " +
                    (count ? std::to_string(*count * type.bytes) : "far more"));
  }
  NpyArray array{header.type, *header.shape, {}, {}};
  const bool text = type.kind == 'U' || type.kind == 'S';
  text ? array.texts.reserve(*count) : array.numbers.reserve(*count);
  FortranOrder fortran(array.shape);
  for (std::size_t i = 0; i < *count; ++i) {
    const std::size_t place = (*header.fortran_order ? fortran.next() : i) * type.bytes;
    if (text) {
      array.texts.push_back(load_text(data.substr(place, type.bytes), type.kind, name));
    } else {
      array.numbers.push_back(loader(type)(data.data() + place));
    }
  }
  return array;
}

std::string npy_bytes(const std::vector<std::size_t>& shape, const std::vector<double>& numbers) {
  return numbers_npy("<f8", shape, numbers);
}

std::string npy_bytes(const std::vector<std::size_t>& shape, const std::vector<float>& numbers) {
  return numbers_npy("<f4", shape, numbers);
}

std::string npy_bytes(const std::string& ascii) {
  std::string bytes = npy_header("<U" + std::to_string(std::max<std::size_t>(1, ascii.size())), {});
  for (const char c : ascii.empty() ? std::string(1, '\0') : ascii) {
    bytes += c;
    bytes.append(3, '\0');
  }
  return bytes;
}

}  // namespace neurram::session
