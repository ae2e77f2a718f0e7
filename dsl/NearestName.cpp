//===- NearestName.cpp - what a misspelt word was meant to be --------------===//

#include "dsl/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace resnetc::dsl;

namespace {

/// Words of other systems and languages, without '_' and in small letters, and what they are called here.
struct Synonym {
  llvm::StringLiteral foreign, ours;
};
constexpr Synonym synonyms[] = {
    // layers
    {"dense", "linear"},
    {"fc", "linear"},
    {"fullyconnected", "linear"},
    {"bn", "batch_norm"},
    {"batchnormalization", "batch_norm"},
    {"ln", "layer_norm"},
    {"convolution", "conv"},
    {"swish", "silu"},
    {"prelu", "leaky_relu"},
    {"hardswish", "hard_swish"},
    {"logistic", "sigmoid"},
    {"averagepool", "avg_pool"},
    {"averagepooling", "avg_pool"},
    {"maxpooling", "max_pool"},
    {"adaptiveavgpool", "global_avg_pool"},
    {"globalaveragepooling", "global_avg_pool"},
    {"globalmaxpooling", "global_max_pool"},
    {"adaptivemaxpool", "global_max_pool"},
    {"droppath", "drop_path"},
    {"stochasticdepth", "drop_path"},
    {"layerscale", "learned_scale"},
    // parameters
    {"kernelsize", "kernel"},
    {"size", "kernel"},
    {"padding", "pad"},
    {"filters", "channels"},
    {"outchannels", "channels"},
    {"units", "features"},
    {"outfeatures", "features"},
    {"negativeslope", "slope"},
    {"epsilon", "eps"},
    {"p", "rate"},
    {"usebias", "bias"},
    {"ceilmode", "ceil"},
    {"learningrate", "lr"},
    {"l2", "weight_decay"},
    // words of the language
    {"def", "block"},
    {"fn", "block"},
    {"func", "block"},
    {"function", "block"},
    {"class", "block"},
    {"model", "network"},
    {"module", "network"},
    {"let", "const"},
    {"var", "const"},
    {"include", "import"},
    {"use", "import"},
    {"from", "import"},
    {"for", "repeat"},
    {"while", "repeat"},
    {"loop", "repeat"},
    {"skip", "shortcut"},
    {"identity", "shortcut"},
    {"gate", "gated"},
    {"elif", "else if"},
    {"elseif", "else if"},
    {"otherwise", "else"},
    // types of inputs
    {"float", "f32"},
    {"float32", "f32"},
    {"fp32", "f32"},
    {"double", "f32"},
    {"uint8", "u8"},
    {"byte", "u8"},
    {"int8", "u8"},
};

/// Small letters, without '_', without "1d" or "2d" at the end.
std::string plain(llvm::StringRef word) {
  std::string text;
  for (char c : word)
    if (c != '_')
      text += llvm::toLower(c);
  llvm::StringRef view = text;
  if (view.size() > 2 && (view.ends_with("1d") || view.ends_with("2d")))
    text.resize(text.size() - 2);
  return text;
}

/// Letters to change, add, take away, or exchange with the neighbour; `limit` + 1 if it is more than `limit`.
unsigned distance(llvm::StringRef a, llvm::StringRef b, unsigned limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit)
    return limit + 1;
  std::vector<unsigned> before, last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = last;
    last.swap(row);
  }
  return std::min(last[b.size()], limit + 1);
}

} // namespace

llvm::StringRef resnetc::dsl::nearestName(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates) {
  constexpr size_t longest = 200; // of words that people write
  if (word.empty() || word.size() > longest)
    return {};
  std::string text = plain(word);
  for (llvm::StringRef candidate : candidates)
    if (plain(candidate.take_front(longest)) == text)
      return candidate;
  for (const Synonym &synonym : synonyms)
    if (synonym.foreign == text && llvm::is_contained(candidates, synonym.ours))
      return synonym.ours;
  // A third of the letters may be wrong: 'cov' is near 'conv', 'foo' is near nothing.
  unsigned best = std::max<unsigned>(1, word.size() / 3) + 1;
  llvm::StringRef nearest;
  for (llvm::StringRef candidate : candidates) {
    if (candidate.size() > longest)
      continue;
    unsigned letters = distance(word, candidate, best - 1);
    if (letters < best && letters < candidate.size()) {
      best = letters;
      nearest = candidate;
    }
  }
  return nearest;
}
