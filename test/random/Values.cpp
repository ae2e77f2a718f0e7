//===- Values.cpp - numbers for a network, and what it makes of them --------===//

#include "test/random/Values.h"
#include "llvm/Support/FormatVariadic.h"

namespace resnetc::test {

rn::NetworkOp networkOf(mlir::ModuleOp module) { return *module.getOps<rn::NetworkOp>().begin(); }

Values::Values(rn::NetworkOp network, uint64_t seed, int64_t batch) : batch(batch) {
  std::mt19937 random(uint32_t(seed * 977 + 5));
  network.walk([&](rn::ParameterOp parameter) {
    auto shape = parameter.getType().getShape();
    int64_t elements = parameter.getType().getNumElements();
    llvm::StringRef name = parameter.getName();
    // Filters keep the size of what flows through; variances and gammas stay away from zero.
    float span = shape.size() > 1 ? std::sqrt(3.0f * shape[0] / elements) : 0.5f;
    bool positive = name.ends_with("running_var") || (shape.size() == 1 && name.ends_with(".weight"));
    std::uniform_real_distribution<float> values(positive ? 0.5f : -span, positive ? 1.5f : span);
    std::vector<float> &tensor = parameters[name];
    shapes[name] = shape;
    for (tensor.clear(); int64_t(tensor.size()) < elements;)
      tensor.push_back(values(random));
  });
  auto type = mlir::cast<mlir::RankedTensorType>(network.getInput().getType());
  isBytes = type.getElementType().isInteger(8);
  int64_t elements = batch;
  for (int64_t extent : type.getShape().drop_front())
    elements *= extent;
  std::uniform_real_distribution<float> values(-1, 1);
  while (int64_t(input.size()) < elements)
    input.push_back(isBytes ? float(random() % 256) : values(random));
}

bool Values::clear(llvm::StringRef prefix) {
  bool any = false;
  for (auto &parameter : parameters)
    if (parameter.first().starts_with(prefix)) {
      std::fill(parameter.second.begin(), parameter.second.end(), 0.0f);
      any = true;
    }
  return any;
}

template <typename T> std::vector<T> Values::run(rn::NetworkOp network) const {
  NamedTensors views;
  for (auto &parameter : parameters)
    views[parameter.first()] = parameter.second;
  std::vector<T> values;
  for (float value : input)
    values.push_back(T(value));
  return llvm::cantFail(interpret<T>(network, views, values, batch));
}

template std::vector<float> Values::run(rn::NetworkOp) const;
template std::vector<double> Values::run(rn::NetworkOp) const;
template std::vector<RunningError> Values::run(rn::NetworkOp) const;

std::string compareExact(llvm::ArrayRef<double> expected, llvm::ArrayRef<double> is) {
  if (expected.size() != is.size())
    return llvm::formatv("{0} results, not {1}", is.size(), expected.size());
  double largest = 1;
  for (double value : expected)
    largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < is.size(); ++i)
    if (!(std::abs(expected[i] - is[i]) <= 1e-10 * largest))
      return llvm::formatv("result {0} is {1:e15}, not {2:e15}", i, is[i], expected[i]);
  return "";
}

std::string compareBounded(llvm::ArrayRef<RunningError> expected, llvm::ArrayRef<RunningError> is) {
  if (expected.size() != is.size())
    return llvm::formatv("{0} results, not {1}", is.size(), expected.size());
  // Bounds grow faster than errors do: behind many layers they say nothing, or are not a number (infinity times zero).
  double most = 1;
  for (const RunningError &value : expected)
    most = std::max(most, std::abs(double(value.value)));
  for (size_t i = 0; i < is.size(); ++i) {
    double bound = std::fmin((expected[i].error + is[i].error) * (1 + 1e-6), 1e-3 * most);
    if (!(std::abs(double(expected[i].value) - is[i].value) <= bound))
      return llvm::formatv("result {0} is {1:e9}, not {2:e9} +- {3:e3}", i, is[i].value, expected[i].value, bound);
  }
  return "";
}

} // namespace resnetc::test
