#include "models/neuron/search.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/neuron/search.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "models/neuron/convert-inl.h"

HWY_BEFORE_NAMESPACE();
namespace neurram::neuron::HWY_NAMESPACE {

/// One comparison and one decrement per bit.
template <Search kSearch>
struct Searching {
  explicit Searching(const SearchSteps& s) : steps(s) {}

  template <class Mask>
  HWY_INLINE hn::Vec<Ints> operator()(hn::Vec<Floats> f, Mask is_negative) const {
    const Floats df;
    const Ints di;
    auto rest = hn::IfThenElse(is_negative, hn::Neg(f), f);
    auto c = hn::Set(di, 1);
    auto holds = hn::Eq(hn::Zero(df), hn::Zero(df));  // the first decrement follows the sign
    for (int b = steps.bits_out - 2; b >= 0; --b) {
      const auto positive = hn::Set(df, steps.positive[static_cast<std::size_t>(b)]);
      const auto negative = hn::Set(df, steps.negative[static_cast<std::size_t>(b)]);
      const auto own = hn::IfThenElse(is_negative, negative, positive);
      if constexpr (kSearch == Search::kSubtract) {
        holds = hn::Ge(rest, own);
        rest = hn::Sub(rest, hn::IfThenElseZero(holds, own));
      } else {
        const auto other = hn::IfThenElse(is_negative, positive, negative);
        rest = hn::IfThenElse(holds, hn::Sub(rest, own), hn::Add(rest, other));
        holds = hn::Ge(rest, hn::Zero(df));
      }
      const auto bit = hn::Set(di, 1 << b);
      c = hn::Add(c, hn::IfThenElseZero(hn::RebindMask(di, holds), bit));
    }
    return c;
  }

  const SearchSteps& steps;
};

template <class Sum>
HWY_INLINE void stepped_sums(const ConvertParameters& parameters, const SearchSteps& search,
                             const ConvertColumns& columns, const ConvertVectors& vectors,
                             const Sum* sums, const float* normals, std::int16_t* codes,
                             std::uint16_t* steps) {
  if (search.search == Search::kSubtract) {
    const Searching<Search::kSubtract> counter(search);
    count_sums(parameters, columns, vectors, counter, sums, normals, codes, steps);
  } else {
    const Searching<Search::kAlternate> counter(search);
    count_sums(parameters, columns, vectors, counter, sums, normals, codes, steps);
  }
}

void stepped_int(const ConvertParameters& parameters, const SearchSteps& search,
                 const ConvertColumns& columns, const ConvertVectors& vectors,
                 const std::int32_t* sums, const float* normals, std::int16_t* codes,
                 std::uint16_t* steps) {
  stepped_sums(parameters, search, columns, vectors, sums, normals, codes, steps);
}

void stepped_float(const ConvertParameters& parameters, const SearchSteps& search,
                   const ConvertColumns& columns, const ConvertVectors& vectors, const float* sums,
                   const float* normals, std::int16_t* codes, std::uint16_t* steps) {
  stepped_sums(parameters, search, columns, vectors, sums, normals, codes, steps);
}

}  // namespace neurram::neuron::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace neurram::neuron {

HWY_EXPORT(stepped_int);
HWY_EXPORT(stepped_float);

SearchSteps SearchSteps::halved(int bits_out, float negative_step_ratio) {
  SearchSteps s;
  s.bits_out = bits_out;
  for (int b = 0; b < kMaxSearchSteps; ++b) {
    const auto nominal = static_cast<float>(1 << b);
    s.positive[static_cast<std::size_t>(b)] = nominal;
    s.negative[static_cast<std::size_t>(b)] = nominal / negative_step_ratio;
  }
  return s;
}

void convert_stepped(const ConvertParameters& parameters, const SearchSteps& search,
                     const ConvertColumns& columns, const ConvertVectors& vectors,
                     const NoiseStream& noise, const std::int32_t* sums, float* noise_scratch,
                     std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(stepped_int)
  (parameters, search, columns, vectors, sums, noise_scratch, codes, steps);
  apply_table(parameters, vectors, codes);
}

void convert_stepped(const ConvertParameters& parameters, const SearchSteps& search,
                     const ConvertColumns& columns, const ConvertVectors& vectors,
                     const NoiseStream& noise, const float* sums, float* noise_scratch,
                     std::int16_t* codes, std::uint16_t* steps) {
  draw_noise(parameters, vectors, noise, noise_scratch);
  HWY_DYNAMIC_DISPATCH(stepped_float)
  (parameters, search, columns, vectors, sums, noise_scratch, codes, steps);
  apply_table(parameters, vectors, codes);
}

int count_by_binary_search(float f, const SearchSteps& search, float sign_threshold) {
  const bool negative = f < sign_threshold;
  const auto& own = negative ? search.negative : search.positive;
  const auto& other = negative ? search.positive : search.negative;
  float rest = negative ? -f : f;
  int count = 1;
  bool holds = true;
  for (int b = search.bits_out - 2; b >= 0; --b) {
    const auto i = static_cast<std::size_t>(b);
    if (search.search == Search::kSubtract) {
      holds = rest >= own[i];
      if (holds) rest -= own[i];
    } else {
      rest = holds ? rest - own[i] : rest + other[i];
      holds = rest >= 0;
    }
    if (holds) count += 1 << b;
  }
  return negative ? -count : count;
}

}  // namespace neurram::neuron
#endif  // HWY_ONCE
