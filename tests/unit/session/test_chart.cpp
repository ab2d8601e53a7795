// Charts: values land where the axes say, ticks are round, and the file is XML whatever is drawn.
#include <rapidcheck.h>

#include <boost/property_tree/xml_parser.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <sstream>

#include "models/session/chart.h"

using namespace neurram::session;

namespace {

using Tree = boost::property_tree::ptree;

Tree parsed(const std::string& svg) {
  std::istringstream stream(svg);
  Tree tree;
  boost::property_tree::read_xml(stream, tree);
  return tree;
}

/// Every element of a name, wherever it is.
std::vector<Tree> elements(const Tree& tree, const std::string& name) {
  std::vector<Tree> found;
  for (const auto& [key, child] : tree) {
    if (key == name) found.push_back(child);
    const auto below = elements(child, name);
    found.insert(found.end(), below.begin(), below.end());
  }
  return found;
}

double number(const Tree& element, const std::string& attribute) {
  return element.get<double>("<xmlattr>." + attribute);
}

std::vector<std::string> texts(const Figure& figure) {
  std::vector<std::string> found;
  for (const Tree& text : elements(parsed(to_svg(figure)), "text"))
    found.push_back(text.get_value<std::string>());
  return found;
}

bool has(const std::vector<std::string>& all, const std::string& wanted) {
  return std::find(all.begin(), all.end(), wanted) != all.end();
}

/// Points of a panel on the page, from its only set of them.
std::vector<std::pair<double, double>> circles(const Panel& panel) {
  std::vector<std::pair<double, double>> found;
  for (const Tree& circle : elements(parsed(to_svg({"", {panel}})), "circle"))
    found.emplace_back(number(circle, "cx"), number(circle, "cy"));
  return found;
}

}  // namespace

TEST_CASE("a scale maps its ends to its pixels and keeps proportions") {
  const Scale linear{-1, 3, 100, 300};
  CHECK(linear(-1) == 100);
  CHECK(linear(3) == 300);
  CHECK(linear(0) == Approx(150));
  const Scale decades{1e-3, 1e3, 60, 0, true};
  CHECK(decades(1e-3) == Approx(60));
  CHECK(decades(1) == Approx(30));
  CHECK(decades(100) == Approx(10));
}

TEST_CASE("ticks are round numbers within the range") {
  using Ticks = std::vector<double>;
  CHECK(Scale{0, 10}.ticks(5) == Ticks{0, 2, 4, 6, 8, 10});
  CHECK(Scale{-0.6, 0.7}.ticks(5).size() == 3);
  CHECK(Scale{1, 100, 0, 1, true}.ticks(5) == Ticks{1, 2, 5, 10, 20, 50, 100});
  CHECK(Scale{0, 0.4}.tick_text(0.30000000000000004, 5) == "0.3");
  CHECK(Scale{-1, 1}.tick_text(-0.0, 5) == "0");
  CHECK(Scale{0, 5e6}.tick_text(3e6, 5) == "3e+06");
  CHECK(Scale{1e-9, 1, 0, 1, true}.tick_text(1e-6, 5) == "10⁻⁶");
  CHECK(Scale{0.1, 100, 0, 1, true}.tick_text(0.1, 5) == "0.1");
  CHECK(rc::check("linear ticks", [] {
    const double size = std::pow(10, *rc::gen::inRange(-9000, 9000) * 1e-3);
    const double low = size * *rc::gen::inRange(-100000, 100000) * 1e-2;
    const Scale scale{low, low + size};
    const Ticks ticks = scale.ticks(5);
    RC_ASSERT(ticks.size() >= 2u);
    RC_ASSERT(ticks.size() <= 7u);
    const double step = ticks[1] - ticks[0];
    const double digit = step / std::pow(10, std::floor(std::log10(step) + 1e-6));
    RC_ASSERT(std::fabs(digit - 1) < 1e-3 || std::fabs(digit - 2) < 1e-3 ||
              std::fabs(digit - 5) < 1e-3);
    for (const double tick : ticks) {
      RC_ASSERT(tick >= scale.low - 1e-6 * size);
      RC_ASSERT(tick <= scale.high + 1e-6 * size);
      RC_ASSERT(std::fabs(tick - std::round(tick / step) * step) < 1e-6 * step);
      RC_ASSERT(std::fabs(std::stod(scale.tick_text(tick, 5)) - tick) < 1e-3 * step);
    }
  }));
}

TEST_CASE("points are where their values are, those without a value nowhere") {
  Panel panel("", {"x", false, 0.0, 10.0}, {"y", true, 1.0, 100.0});
  panel.points({0, 10, 5, NAN, 3, 3}, {1, 100, 10, 5, INFINITY, -1});
  const auto at = circles(panel);
  REQUIRE(at.size() == 3);
  CHECK(at[0].first < at[1].first);
  CHECK(at[0].second > at[1].second);  // up is less on the page
  CHECK(at[2].first == Approx((at[0].first + at[1].first) / 2).margin(0.11));
  CHECK(at[2].second == Approx((at[0].second + at[1].second) / 2).margin(0.11));
  const Tree inner = elements(parsed(to_svg({"", {panel}})), "svg").at(1);
  CHECK(at[0].first == Approx(number(inner, "x")));
  CHECK(at[0].second == Approx(number(inner, "y") + number(inner, "height")).margin(0.11));
  CHECK(at[1].second == Approx(number(inner, "y")));
}

TEST_CASE("bars begin at zero and are as long as their values") {
  Panel panel("", {"pJ"}, {"", false, {}, {}, {"drive", "neurons <&>", "nothing"}});
  panel.bars({4, 1, NAN}, {"ours"}).bars({-2, 2, 0}, {"theirs"});
  const Tree tree = parsed(to_svg({"", {panel}}));
  std::vector<Tree> bars = elements(tree, "rect");
  bars.erase(bars.begin());  // the background
  REQUIRE(bars.size() == 5);
  CHECK(number(bars[0], "width") == Approx(4 * number(bars[1], "width")).margin(0.5));
  CHECK(number(bars[2], "width") == Approx(2 * number(bars[1], "width")).margin(0.2));
  CHECK(number(bars[2], "x") + number(bars[2], "width") ==
        Approx(number(bars[0], "x")).margin(0.11));
  CHECK(number(bars[2], "y") > number(bars[0], "y"));
  const auto words = texts({"", {panel}});
  for (const char* word : {"drive", "neurons <&>", "pJ", "ours", "theirs", "4", "-2"})
    CHECK(has(words, word));
}

TEST_CASE("a figure has its title, and as many panels as are given, beside one another") {
  Panel panel("all < any & \"some\"", {"time [s]", true}, {"spread [uS]"});
  panel.errors({1, 10}, {2, 3}, {1, 2}, {3, 5}, {"model"});
  panel.line({1, 10, 100}, {2, NAN, 3}, {"dashed", {}, 1, 2, true});
  const Figure figure{"title\n<b>", {panel, panel, panel}, 2, 300, 200};
  const std::string svg = to_svg(figure);
  const Tree root = parsed(svg).get_child("svg");
  CHECK(number(root, "width") == 600);
  CHECK(number(root, "height") > 400);
  const auto words = texts(figure);
  CHECK(has(words, "title <b>"));
  CHECK(std::count(words.begin(), words.end(), "all < any & \"some\"") == 3);
  CHECK(std::count(words.begin(), words.end(), "spread [uS]") == 3);
  CHECK(to_svg(figure) == svg);
  CHECK_NOTHROW(parsed(to_svg({"nothing", {}})));
}

TEST_CASE("a histogram is a closed step over its bins") {
  Panel panel("", {"x", false, 0.0, 4.0}, {"n", false, 0.0, 2.0});
  panel.histogram({1, 2, 3}, {1, 2});
  const auto paths =
      elements(parsed(to_svg({"", {panel}})).get_child("svg").get_child("svg"), "path");
  REQUIRE(paths.size() == 2);
  const auto d = paths[0].get<std::string>("<xmlattr>.d");
  CHECK(std::count(d.begin(), d.end(), 'L') == 5);
}

TEST_CASE("whatever the values, the picture is XML of finite numbers") {
  CHECK(rc::check("any values", [] {
    const auto value = rc::gen::oneOf(
        rc::gen::arbitrary<double>(),
        rc::gen::map(rc::gen::arbitrary<int>(), [](int x) { return 1.0 * x; }),
        rc::gen::element<double>(NAN, INFINITY, -INFINITY, 0, 1e308, -1e308, 5e-324));
    const auto values = [&] { return *rc::gen::container<std::vector<double>>(value); };
    const bool log_x = *rc::gen::arbitrary<bool>();
    const bool log_y = *rc::gen::arbitrary<bool>();
    Panel lines("p", {"x", log_x}, {"y", log_y});
    lines.points(values(), values()).line(values(), values(), {"l"}).histogram(values(), values());
    const auto x = values();
    lines.errors(x, x, x, x);
    Panel bars("b", {"x", log_x}, {"", false, {}, {}, {"a", "b"}});
    bars.bars(values()).bars(values(), {"second"});
    const std::string svg = to_svg({"t", {lines, bars}});
    const Tree tree = parsed(svg);
    RC_ASSERT(tree.count("svg") == 1u);
    for (const char* shape : {"path", "circle", "rect"}) {
      for (const Tree& element : elements(tree, shape)) {
        for (const auto& [name, attribute] : element.get_child("<xmlattr>")) {
          const auto text = attribute.get_value<std::string>();
          RC_ASSERT(text.find("nan") == std::string::npos);
          RC_ASSERT(text.find("inf") == std::string::npos);
        }
      }
    }
  }));
}
