//===- NameScope.cpp - how layers get their names --------------------------------------------===//

#include "dsl/NameScope.h"

using namespace resnetc::dsl;
using namespace resnetc::dsl::ast;

NameScope::NameScope(GivenName own, Kind kind, const Body &body) : name(std::move(own)), kind(kind) {
  if (kind == Module) // the names in a sequential scope are ordinals, which no label is
    collectLabels(body);
}

void NameScope::collectLabels(const Body &body) {
  statements += body.size();
  for (const Statement &statement : body) {
    if (statement.label) {
      labels.insert(statement.label->text);
      continue; // what is inside has a scope of its own
    }
    const auto *residual = std::get_if<Residual>(&statement.node);
    const std::optional<Name> *label = residual && residual->shortcut ? &residual->shortcut->label : nullptr;
    if (label && *label)
      labels.insert((*label)->text);
    if (!std::holds_alternative<Group>(statement.node))
      forEachBody(statement, [&](const Body &inner) { collectLabels(inner); });
  }
}

std::string NameScope::automatic(llvm::StringRef kindOfLayer) {
  if (kind == Sequential)
    return std::to_string(nextOrdinal++);
  unsigned &count = kindCounts[kindOfLayer];
  std::string result;
  do
    result = (kindOfLayer + llvm::Twine(++count)).str();
  while (labels.contains(result) || taken.contains(result));
  return result;
}

std::optional<GivenName> NameScope::give(const std::optional<Name> &label, llvm::StringRef kindOfLayer, Location where,
                                         ErrorSink error) {
  std::string last;
  if (label) {
    last = label->text.str();
    ++nextOrdinal;
    where = label->location;
  } else
    last = automatic(kindOfLayer);
  GivenName given{name.path.empty() ? last : name.path + "." + last, name.isStable && (label || kind == Sequential)};
  if (given.path.size() > maximalLength) {
    error(where, "the name of this layer is longer than " + llvm::Twine(maximalLength) + " letters");
    return std::nullopt;
  }
  auto [entry, isNew] = taken.try_emplace(last, where);
  if (isNew)
    return given;
  Diagnostic &duplicate = error(where, "the name '" + given.path + "' is used twice");
  if (entry->second.begin == where.begin)
    duplicate.help("inside repeat, leave the label away in a labelled group: it numbers what it holds");
  else
    duplicate.note("it is used here first", entry->second);
  if (last == "downsample")
    duplicate.help("name a projection with 'shortcut NAME: projection'");
  return std::nullopt;
}
