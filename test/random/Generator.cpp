//===- Generator.cpp - a seed becomes a .rn text -----------------------------===//

#include "test/random/GeneratorImpl.h"
#include "test/random/Print.h"
#include <algorithm>

namespace resnetc::test {

Generator::Generator(uint64_t seed, const GeneratorOptions &options)
    : random(uint32_t(seed * 2654435761u + (seed >> 32))), options(options), budget(options.multiplications) {}

int64_t Generator::drawChannels() {
  return options.fewSizes ? pick<int64_t>({8, 16, 16, 20}) : pick<int64_t>({1, 2, 3, 4, 6, 8, 8, 12, 16, 17, 24, 34});
}

Expr Generator::number(int64_t value) {
  if (environment.empty() || chance(40)) {
    if (value > 1 && chance(10))
      return Expr::binary(Expr::integer(value - 1), "+", Expr::integer(1));
    return Expr::integer(value);
  }
  const auto &[name, of] = environment[draw(0, environment.size() - 1)];
  Expr variable = Expr::name(name);
  if (of == value)
    return variable;
  if (of > 0 && value % of == 0)
    return Expr::binary(Expr::integer(value / of), "*", variable);
  if (of > 0 && value > 0 && of % value == 0)
    return Expr::binary(variable, chance(50) ? "/" : "//", Expr::integer(of / value));
  if (value < of)
    return chance(50) || value < 1 ? Expr::binary(variable, "-", Expr::integer(of - value)) : Expr::integer(value);
  return Expr::binary(variable, "+", Expr::integer(value - of));
}

Expr Generator::real(double low, double high) {
  char text[32];
  snprintf(text, sizeof text, chance(15) ? "%.3e" : "%.3f", low + (high - low) * double(draw(0, 1000)) / 1000);
  return Expr::literal(text);
}

std::string Generator::label(Scope &scope) {
  if (scope.isRepeated || chance(60))
    return "";
  std::string word = pick<const char *>({"conv", "bn", "layer", "stem", "a", "b2", "Long_Name", "f", "downsample"});
  word += std::to_string(draw(1, 99));
  if (chance(8)) // words of the language are names, too
    word = pick<const char *>(
        {"shortcut", "repeat", "input", "residual", "else", "if", "relu", "conv", "gated", "scale", "const", "concat"});
  return scope.labels.insert(word).second ? word : "";
}

void Generator::add(Statement &layer, const std::string &name, Expr value, bool mayBePositional) {
  bool positional = mayBePositional && chance(60);
  for (const Argument &argument : layer.arguments)
    positional &= argument.isPositional;
  layer.arguments.push_back({name, std::move(value), positional});
}

bool Generator::append(Body &body, Shape &shape, Statement statement) {
  Shapes shapes(program);
  std::optional<Shape> next = shapes.after(statement, shape, environment);
  if (!next || shapes.multiplications > budget || shapes.layers > 150)
    return false;
  budget -= shapes.multiplications;
  shape = std::move(*next);
  body.push_back(std::move(statement));
  return true;
}

Body Generator::sequence(Scope &scope, Shape &shape, int depth, int count) {
  Body body;
  for (int tries = 3 * count; tries > 0 && int(body.size()) < count; --tries) {
    if (chance(25))
      appendIdiom(body, shape, scope);
    int64_t before = budget;
    std::optional<Statement> next = statement(scope, shape, depth);
    budget = before; // what its parts cost is counted when it is whole
    if (next)
      append(body, shape, std::move(*next));
  }
  return body;
}

/// What residual networks are made of: norm and activation behind a layer or before it, in many orders.
void Generator::appendIdiom(Body &body, Shape &shape, Scope &scope) {
  const std::string order = pick<const char *>({"cna", "nac", "na", "ca", "cn", "can", "cnn", "naca", "cc"});
  for (char kind : order) {
    Statement next = kind == 'n' ? norm() : kind == 'a' ? activation() : shape.size() == 1 ? linear() : conv(shape);
    next.label = label(scope);
    append(body, shape, std::move(next));
  }
}

std::optional<Statement> Generator::statement(Scope &scope, const Shape &shape, int depth) {
  int64_t kind = depth < 3 ? draw(0, 99) : 99;
  if (kind < 24)
    return residual(scope, shape, depth);
  if (kind < 28)
    return group(scope, shape, depth);
  if (kind < 32)
    return repeat(scope, shape, depth);
  if (kind < 35)
    return conditional(scope, shape, depth);
  if (kind < 39)
    return scale(scope, shape, depth);
  if (kind < 43)
    return concat(scope, shape, depth);
  Statement result;
  if (kind < 58) {
    std::optional<Statement> call = program.blocks.empty() || chance(50) ? newBlock(shape, depth) : oldBlock();
    if (!call)
      return std::nullopt;
    result = std::move(*call);
  } else {
    result = layer(shape);
  }
  result.label = label(scope);
  return result;
}

void Generator::begin(int rank) {
  if (options.fewSizes) {
    input = rank == 1 ? Shape{pick<int64_t>({16, 20})} : Shape{pick<int64_t>({3, 16})};
    for (int axis = 1; axis < rank; ++axis)
      input.push_back(pick<int64_t>({7, 12}));
  } else {
    input = rank == 1 ? Shape{draw(1, 40)} : Shape{draw(1, 6)};
    for (int axis = 1; axis < rank; ++axis)
      input.push_back(draw(1, rank == 2 ? 40 : 14));
  }
  if (chance(15))
    importLibrary();
  program.name = pick<const char *>({"net", "random_net", "Net2"});
  program.isBytes = chance(40);
  for (int64_t i = draw(0, 2); i > 0; --i) {
    std::string name = "k" + std::to_string(i);
    Expr value = number(draw(1, 3));
    if (std::optional<int64_t> of = evaluate(value, environment)) {
      program.constants.emplace_back(name, value);
      environment.emplace_back(name, *of);
    }
  }
  for (int64_t i = draw(0, 2); i > 0; --i) {
    int64_t value = draw(1, 12);
    std::string name = "p" + std::to_string(i);
    program.parameters.push_back({name, Expr::integer(value)});
    environment.emplace_back(name, value);
  }
  for (int64_t extent : input)
    program.extents.push_back(number(extent));
  if (rank == 3 && chance(50)) {
    Statement normalize;
    normalize.name = "normalize";
    std::vector<Expr> mean, deviation;
    for (int64_t i = chance(30) ? 1 : input[0]; i > 0; --i) {
      mean.push_back(real(0, 0.6));
      deviation.push_back(real(0.2, 1));
    }
    add(normalize, "mean", Expr::list(mean), true);
    add(normalize, "std", Expr::list(deviation), true);
    program.body.push_back(std::move(normalize));
  }
}

void Generator::end(Scope &scope, Shape &shape) {
  if (chance(15)) // the result of a network may be a map
    return;
  auto put = [&](const char *name) {
    Statement last;
    last.name = name;
    last.label = label(scope);
    append(program.body, shape, std::move(last));
  };
  if (shape.size() > 1)
    put(chance(60) ? "global_avg_pool" : chance(50) ? "flatten" : "global_max_pool");
  budget = std::max<int64_t>(budget, 2000);
  if (chance(85))
    append(program.body, shape, widen(shape, draw(1, 12)));
  if (chance(20))
    put("softmax");
}

void Generator::addTrain(const Shape &output) {
  if (!chance(15))
    return;
  auto some = [&](std::initializer_list<const char *> of) { return std::string(pick<const char *>(of)); };
  program.train = {
      "optimizer = " +
          some({"sgd(lr = 0.1, momentum = 0.9, nesterov = true)", "sgd(0.1, weight_decay = 1e-4)", "adamw(lr = 1e-3)",
                "adamw(lr = 0.001, beta1 = 0.9, beta2 = 0.99, eps = 1e-8, "
                "weight_decay = 0.05)"}),
      "schedule = " + some({"constant", "step(every = 30)", "step(30, factor = 0.2, warmup = 2)", "cosine",
                            "cosine(warmup = 5)", "one_cycle", "one_cycle(warmup = 0.25)"}),
      "augment = " + some({"[]", "[flip]", "[random_crop(pad = 4), flip]", "[cutout(size = 8), mixup(alpha = 0.2),]"}),
      "batch = 16",
      "epochs = " + some({"1", "3 * 30"}),
      "seed = 7"};
  for (const char *setting :
       {"ema = 0.999", "clip = 1.0", "accumulate = 2", "decay_norm_and_bias = false", "zero_init_residual = true"})
    if (chance(40))
      program.train.push_back(setting);
  if (output.size() == 1) {                  // a loss needs scores, and a weight for each of them
    constexpr int64_t longestList = 1 << 16; // a flattened map may have more scores than a list may have values
    std::string weights = "cross_entropy(class_weights = [1";
    for (int64_t i = 1; i < output[0]; ++i)
      weights += ", 2.5";
    weights = output[0] > longestList ? "cross_entropy" : weights + "])";
    program.train.push_back("loss = " + some({"cross_entropy", "cross_entropy()",
                                              "cross_entropy(label_smoothing = 0.1)", weights.c_str()}));
  }
  std::shuffle(program.train.begin(), program.train.end(), random);
}

Generated Generator::finish(const Shape &output) {
  program.parameters.erase(std::remove_if(program.parameters.begin(), program.parameters.end(),
                                          [&](const Parameter &parameter) {
                                            Statement extents;
                                            for (const Expr &extent : program.extents)
                                              extents.arguments.push_back({"", extent});
                                            return !uses(program.body, parameter.name) &&
                                                   !uses({extents}, parameter.name);
                                          }),
                           program.parameters.end());
  addTrain(output);
  std::string text = print(program, random);
  return {text, input, output};
}

Generated Generator::network() {
  begin(chance(70) ? 3 : chance(50) ? 2 : 1);
  Scope scope;
  Shape shape = input;
  Body body = sequence(scope, shape, 0, int(draw(options.statements / 3, options.statements)));
  program.body.insert(program.body.end(), body.begin(), body.end());
  end(scope, shape);
  if (program.body.empty())
    append(program.body, shape, activation());
  return finish(shape);
}

Generated Generator::identity() {
  begin(chance(70) ? 3 : chance(50) ? 2 : 1);
  program.isBytes = false;
  program.body.clear();
  Scope scope;
  scope.labels.insert("last");
  Shape shape = input;
  keepsSize = true;
  Statement residual;
  residual.kind = Statement::Residual;
  residual.bodies = {sequence(scope, shape, 1, int(draw(0, 4)))};
  if (shape.size() != input.size() || !std::equal(shape.begin() + 1, shape.end(), input.begin() + 1)) {
    residual.bodies[0].clear(); // nothing brings this shape back
    shape = input;
  }
  Statement last = widen(shape, input[0]);
  if (shape == input && chance(50)) {
    last = Statement();
    last.name = chance(50) ? "learned_scale" : "batch_norm";
  }
  last.label = "last";
  budget = INT64_MAX;
  append(residual.bodies[0], shape, std::move(last));
  program.body.push_back(std::move(residual));
  return finish(shape);
}

Generated generate(uint64_t seed, const GeneratorOptions &options) { return Generator(seed, options).network(); }

Generated generateIdentity(uint64_t seed, const GeneratorOptions &options) {
  return Generator(seed, options).identity();
}

} // namespace resnetc::test
