//===- TextTree.cpp - a text as a tree of statements --------------------------===//

#include "test/random/TextTree.h"
#include "dsl/Ast.h"
#include "dsl/Diagnostics.h"
#include "dsl/Parser.h"
#include "dsl/Value.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SourceMgr.h"

namespace resnetc::test {

static Nodes parseLines(const std::vector<std::string> &lines, size_t &at) {
  Nodes nodes;
  while (at < lines.size() && lines[at][0] != '}') {
    Node node{lines[at++], {}};
    bool open = node.head.back() == '{';
    while (open && at < lines.size()) {
      Nodes children = parseLines(lines, at);
      std::string closer = at < lines.size() ? lines[at++] : "}";
      open = closer.back() == '{';
      node.parts.push_back({std::move(children), std::move(closer)});
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

static void print(const Nodes &nodes, std::string &text, int indent = 0) {
  for (const Node &node : nodes) {
    text += std::string(indent, ' ') + node.head + "\n";
    for (const Node::Part &part : node.parts) {
      print(part.children, text, indent + 2);
      text += std::string(indent, ' ') + part.closer + "\n";
    }
  }
}

std::string canonical(const std::string &text) {
  llvm::SourceMgr sources;
  dsl::Diagnostics diagnostics(sources);
  sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(text), llvm::SMLoc());
  auto file = dsl::parse(sources.getMemoryBuffer(sources.getMainFileID())->getBuffer(), diagnostics);
  if (!file || diagnostics.hasErrors())
    return text;
  std::string printed;
  llvm::raw_string_ostream os(printed);
  dsl::printAst(*file, os);
  return printed;
}

Nodes parseNodes(const std::string &text) {
  std::vector<std::string> lines;
  llvm::SmallVector<llvm::StringRef> raw;
  llvm::StringRef(text).split(raw, '\n', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : raw)
    if (!line.trim().empty())
      lines.push_back(line.trim().str());
  size_t at = 0;
  return parseLines(lines, at);
}

std::string printNodes(const Nodes &nodes) {
  std::string text;
  print(nodes, text);
  return text;
}

bool isWordPart(char c) { return llvm::isAlnum(c) || c == '_'; }

std::string substitute(const std::string &text, const std::string &name, const std::string &value) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && isWordPart(text[end]))
      ++end;
    if (end == i) {
      result += text[i++];
      continue;
    }
    llvm::StringRef rest = llvm::StringRef(text).drop_front(end).ltrim();
    bool isValue = !rest.starts_with(":") && !(rest.starts_with("=") && !rest.starts_with("=="));
    std::string word = text.substr(i, end - i);
    result += word == name && isValue ? value : word;
    i = end;
  }
  return result;
}
void substitute(Nodes &nodes, const std::string &name, const std::string &value) {
  for (Node &node : nodes) {
    node.head = substitute(node.head, name, value);
    for (Node::Part &part : node.parts) {
      substitute(part.children, name, value);
      part.closer = substitute(part.closer, name, value);
    }
  }
}

/// Empty if names stand in it.
static std::optional<int64_t> constant(llvm::StringRef text) {
  llvm::SourceMgr sources;
  dsl::Diagnostics diagnostics(sources);
  auto refuse = [&](dsl::Location where, const llvm::Twine &words) -> dsl::Diagnostic & {
    return diagnostics.error(where, words);
  };
  dsl::ast::ExprPtr expr = dsl::parseExpression(text, diagnostics);
  std::optional<dsl::Value> value;
  if (expr && llvm::none_of(text, llvm::isAlpha))
    value = dsl::evaluate(*expr, dsl::Environment(), refuse);
  const int64_t *integer = value ? std::get_if<int64_t>(&value->data) : nullptr;
  return integer ? std::optional<int64_t>(*integer) : std::nullopt;
}

static bool unroll(Nodes &nodes) {
  bool any = false;
  for (size_t at = 0; at < nodes.size(); ++at) {
    llvm::StringRef head = nodes[at].head;
    if (head.consume_front("repeat ") && head.consume_back(" {")) {
      auto [count, counter] = head.split(" as ");
      // Of no turns nothing is left, perhaps not even a use of a parameter.
      if (std::optional<int64_t> turns = constant(count); turns && *turns > 0) {
        Nodes all;
        for (int64_t turn = 0; turn < *turns; ++turn) {
          Nodes body = nodes[at].parts[0].children;
          if (!counter.empty())
            substitute(body, counter.str(), std::to_string(turn));
          all.insert(all.end(), body.begin(), body.end());
        }
        nodes.erase(nodes.begin() + long(at));
        nodes.insert(nodes.begin() + long(at), all.begin(), all.end());
        --at;
        any = true;
        continue;
      }
    }
    for (Node::Part &part : nodes[at].parts)
      any |= unroll(part.children);
  }
  return any;
}

std::string unrolled(const std::string &text) {
  Nodes nodes = parseNodes(canonical(text));
  return unroll(nodes) ? printNodes(nodes) : "";
}

} // namespace resnetc::test
