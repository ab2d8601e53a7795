// Tanh and sigmoid by piecewise-linear counting, against the functions.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <cmath>

#include "batch.h"

using namespace neurram;
using namespace neurram::neuron;

TEST_CASE("the counter advances every step, then every 2nd, 3rd and 4th, and stops at one") {
  // F = 20: 2nd from count 10, 3rd from 15, 4th from 17
  const ActivationTable t(Activation::kTanh, 60, 0.05);
  int at[21] = {};  // counts at which the counter shows a value
  for (int c = 1; c <= 60; ++c) ++at[t.code(c)];
  for (int u = 1; u < 10; ++u) CHECK(at[u] == 1);
  for (int u = 10; u < 15; ++u) CHECK(at[u] == 2);
  for (int u = 15; u < 17; ++u) CHECK(at[u] == 3);
  for (int u = 17; u < 20; ++u) CHECK(at[u] == 4);
  CHECK(at[20] == 60 - 9 - 10 - 6 - 12);
  CHECK(t.top() == 20);
  CHECK(t.value(20) == Approx(0.975));
  CHECK(t.code(0) == 0);
}

TEST_CASE("tanh is odd, sigmoid is symmetric about one half, both never fall") {
  CHECK(rc::check("for any count and step", [] {
    const int max_count = *rc::gen::inRange(1, 513);
    const double step = *rc::gen::inRange(1, 1001) / 1000.0;
    const ActivationTable tanh(Activation::kTanh, max_count, step);
    const ActivationTable sigmoid(Activation::kSigmoid, max_count, step);
    for (int c = 1; c <= max_count; ++c) {
      RC_ASSERT(tanh.code(-c) == -tanh.code(c));
      RC_ASSERT(sigmoid.code(-c) == 2 * sigmoid.top() - 1 - sigmoid.code(c));
      const double both = sigmoid.value(sigmoid.code(c)) + sigmoid.value(sigmoid.code(-c));
      RC_ASSERT(std::fabs(both - 1) < 1e-12);
      RC_ASSERT(tanh.value(tanh.code(c)) == half_steps(tanh.code(c)) * step / 2);
      if (c == 1) continue;
      RC_ASSERT(tanh.code(c) - tanh.code(c - 1) >= 0);
      RC_ASSERT(tanh.code(c) - tanh.code(c - 1) <= 1);
      RC_ASSERT(sigmoid.code(c) - sigmoid.code(c - 1) >= 0);
    }
    RC_ASSERT(tanh.code(1) == 1);
    RC_ASSERT(sigmoid.code(1) == sigmoid.top());
    RC_ASSERT(sigmoid.code(-1) == sigmoid.top() - 1);
    RC_ASSERT(sigmoid.code(-max_count) == 0);
    RC_ASSERT(sigmoid.code(max_count) == 2 * sigmoid.top() - 1);
  }));
}

TEST_CASE("values deviate from the functions by no more than is stated") {
  for (const int max_count : {1, 3, 16, 100, 512}) {
    for (int i = 1; i <= 1000; ++i) {
      const double step = i / 1000.0;
      const ActivationTable tanh(Activation::kTanh, max_count, step);
      const ActivationTable sigmoid(Activation::kSigmoid, max_count, step);
      double largest_tanh = 0, largest_sigmoid = 0;
      for (int c = -max_count; c <= max_count; ++c) {
        if (c == 0) continue;
        const double x = half_steps(c) * step / 2;
        largest_tanh = std::fmax(largest_tanh, std::fabs(tanh.value(tanh.code(c)) - std::tanh(x)));
        largest_sigmoid = std::fmax(
            largest_sigmoid, std::fabs(sigmoid.value(sigmoid.code(c)) - 1 / (1 + std::exp(-x))));
      }
      INFO(max_count << " counts, step " << step);
      CHECK(largest_tanh <= 0.036 + step);
      CHECK(largest_sigmoid <= (0.036 + step / 2) / 2);
      CHECK(tanh.largest_deviation() == Approx(largest_tanh).margin(1e-12));
      CHECK(sigmoid.largest_deviation() == Approx(largest_sigmoid).margin(1e-12));
    }
  }
}

TEST_CASE("convert's codes go through the table, its steps do not") {
  CHECK(rc::check("for any shape", [] {
    Batch plain(*rc::gen::inRange<std::size_t>(1, 257), *rc::gen::inRange<std::size_t>(1, 5));
    plain.limit(*rc::gen::inRange(1, 513));
    plain.parameters.noisy = true;
    plain.parameters.noise_floor = 900.0f;
    Batch mapped = plain;
    mapped.parameters.activation = *rc::gen::element(Activation::kTanh, Activation::kSigmoid);
    mapped.parameters.table = std::make_shared<const ActivationTable>(
        mapped.parameters.activation, mapped.parameters.max_count, 0.02);
    plain.run();
    mapped.run();
    for (std::size_t i = 0; i < plain.vectors * plain.columns; ++i)
      RC_ASSERT(mapped.codes[i] == mapped.parameters.table->code(plain.codes[i]));
    RC_ASSERT(mapped.codes.back() == Batch::kCanary);
    RC_ASSERT(mapped.steps == plain.steps);
  }));
}
