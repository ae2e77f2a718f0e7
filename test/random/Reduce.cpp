//===- Reduce.cpp - a failing network made small -----------------------------===//
//
// Works on the printed text, one statement a line, so that it needs to know no more of the
// language than braces: candidates that are no network any more do not fail in the same stage.
//
//===----------------------------------------------------------------------===//

#include "test/random/Reduce.h"
#include "test/random/TextTree.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Regex.h"
#include <vector>

namespace resnetc::test {
namespace {

/// "a, b(c, d)" at its outer commas.
std::vector<std::string> splitCommas(llvm::StringRef text) {
  std::vector<std::string> parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      if (llvm::StringRef part = text.slice(begin, i).trim(); !part.empty())
        parts.push_back(part.str());
      begin = i + 1;
    } else if (llvm::StringRef("([").contains(text[i]))
      ++depth;
    else if (llvm::StringRef(")]").contains(text[i]))
      --depth;
  }
  return parts;
}

/// What stands between the first '(' and its ')'; both are left in `before` and `after`.
bool splitCall(llvm::StringRef head, std::string &before, std::vector<std::string> &arguments, std::string &after) {
  size_t open = head.find('(');
  if (open == llvm::StringRef::npos)
    return false;
  int depth = 0;
  for (size_t i = open; i < head.size(); ++i) {
    depth += head[i] == '(' ? 1 : head[i] == ')' ? -1 : 0;
    if (depth == 0) {
      before = head.take_front(open).str();
      arguments = splitCommas(head.slice(open + 1, i));
      after = head.drop_front(i + 1).str();
      return true;
    }
  }
  return false;
}

class Reducer {
public:
  Reducer(Nodes nodes, llvm::function_ref<bool(const std::string &)> fails, int checks)
      : nodes(std::move(nodes)), fails(fails), checks(checks) {}

  std::string run() {
    for (bool smaller = true; smaller && checks > 0;) {
      smaller = false;
      smaller |= removeNodes(nodes);
      smaller |= inlineNames();
      smaller |= simplify(nodes);
    }
    return text();
  }

private:
  std::string text() const { return printNodes(nodes); }
  bool stillFails() { return checks-- > 0 && fails(text()); }

  /// Keeps what `change` does to the tree if it still fails.
  template <typename Change> bool attempt(Change change) {
    Nodes before = nodes;
    std::string old = text();
    change();
    if (text() != old && stillFails())
      return true;
    nodes = std::move(before);
    return false;
  }

  /// Halves of a list first, then single nodes, then inside them. Lists are found by path: attempts replace the tree.
  using Path = std::vector<std::pair<size_t, size_t>>;
  Nodes &at(const Path &path) {
    Nodes *list = &nodes;
    for (auto [node, part] : path)
      list = &(*list)[node].parts[part].children;
    return *list;
  }

  bool removeNodes(Nodes &) { return removeBelow({}); }
  bool removeBelow(const Path &path) {
    bool any = false;
    for (size_t size = at(path).size(); size >= 1; size /= 2)
      for (size_t begin = at(path).size(); begin-- > 0;)
        if (begin + size <= at(path).size())
          any |= attempt([&] {
            Nodes &list = at(path);
            list.erase(list.begin() + long(begin), list.begin() + long(begin + size));
          });
    for (size_t node = 0; node < at(path).size(); ++node) {
      any |= unwrap(path, node);
      for (size_t part = 0; node < at(path).size() && part < at(path)[node].parts.size(); ++part) {
        Path inner = path;
        inner.emplace_back(node, part);
        any |= removeBelow(inner);
      }
    }
    return any;
  }

  /// A node becomes what is in one of its parts, or loses a part.
  bool unwrap(const Path &path, size_t node) {
    bool any = false;
    for (size_t part = 0; node < at(path).size() && part < at(path)[node].parts.size(); ++part) {
      any |= attempt([&] {
        Nodes &list = at(path);
        Nodes inner = list[node].parts[part].children;
        llvm::StringRef head = list[node].head;
        if (size_t as = head.find(" as "); head.starts_with("repeat") && as != llvm::StringRef::npos)
          substitute(inner, head.substr(as + 4).take_while(isWordPart).str(), "0");
        list.erase(list.begin() + long(node));
        list.insert(list.begin() + long(node), inner.begin(), inner.end());
      });
      if (node >= at(path).size() || part >= at(path)[node].parts.size())
        break;
      any |= attempt([&] { // the parts after this one
        Node &self = at(path)[node];
        self.parts.resize(part + 1);
        self.parts[part].closer = "}";
      });
    }
    return any;
  }

  /// Constants, parameters of the network, and calls of blocks become what they stand for.
  bool inlineNames() {
    bool any = false;
    for (size_t i = 0; i < nodes.size(); ++i) {
      llvm::StringRef head = nodes[i].head;
      if (head.consume_front("const ")) {
        auto [name, value] = head.split(" = ");
        std::string nameText = name.trim().str(), valueText = "(" + value.trim().str() + ")";
        any |= attempt([&] {
          nodes.erase(nodes.begin() + long(i));
          substitute(nodes, nameText, valueText);
        });
      } else if (head.starts_with("network "))
        any |= inlineParameters(i);
    }
    for (bool changed = true; changed && checks > 0;) {
      changed = false;
      forEach({}, [&](const Path &path, size_t node) { changed = changed || inlineCall(path, node); });
      any |= changed;
    }
    return any;
  }

  bool inlineParameters(size_t network) {
    std::string before, after;
    std::vector<std::string> parameters;
    if (!splitCall(nodes[network].head, before, parameters, after))
      return false;
    return attempt([&] {
      nodes[network].head = before + after;
      for (const std::string &parameter : parameters) {
        auto [name, value] = llvm::StringRef(parameter).split(" = ");
        Nodes own = {nodes[network]};
        substitute(own, name.str(), value.str());
        nodes[network] = own[0];
      }
    });
  }

  bool inlineCall(const Path &path, size_t node) {
    llvm::StringRef head = at(path)[node].head;
    if (size_t colon = head.find(": "); colon != llvm::StringRef::npos && colon < head.find('('))
      head = head.drop_front(colon + 2);
    std::string callee = head.take_while(isWordPart).str(), before, after;
    std::vector<std::string> arguments, parameters;
    splitCall(head, before, arguments, after);
    for (const Node &definition : nodes) {
      llvm::StringRef text = definition.head;
      if (!text.consume_front("block ") || text.take_while(isWordPart) != callee)
        continue;
      splitCall(definition.head, before, parameters, after);
      Nodes body = definition.parts[0].children;
      for (size_t i = 0; i < parameters.size(); ++i) {
        auto [name, value] = llvm::StringRef(parameters[i]).split(" = ");
        std::string chosen = value.str();
        for (size_t k = 0; k < arguments.size(); ++k) {
          auto [key, given] = llvm::StringRef(arguments[k]).split(" = ");
          if (given.empty() ? k == i : key == name)
            chosen = (given.empty() ? key : given).str();
        }
        bool isPlain = llvm::all_of(chosen, isWordPart);
        substitute(body, name.str(), isPlain ? chosen : "(" + chosen + ")");
      }
      return attempt([&] {
        Nodes &list = at(path);
        list.erase(list.begin() + long(node));
        list.insert(list.begin() + long(node), body.begin(), body.end());
      });
    }
    return false;
  }

  template <typename Visit> void forEach(const Path &path, Visit visit) {
    for (size_t node = 0; node < at(path).size(); ++node) {
      visit(path, node);
      for (size_t part = 0; node < at(path).size() && part < at(path)[node].parts.size(); ++part) {
        Path inner = path;
        inner.emplace_back(node, part);
        forEach(inner, visit);
      }
    }
  }

  bool simplify(Nodes &) {
    bool any = false;
    forEach({}, [&](const Path &path, size_t node) {
      any |= simplifyLine([&]() -> std::string & { return at(path)[node].head; });
    });
    return any;
  }

  /// Labels and arguments go, numbers become smaller.
  template <typename Line> bool simplifyLine(Line line) {
    bool any = false;
    if (size_t colon = line().find(": "); colon != std::string::npos && line().rfind("input ", 0) != 0)
      any |= attempt([&] { line().erase(0, colon + 2); });
    std::string before, after;
    std::vector<std::string> arguments;
    if (splitCall(line(), before, arguments, after))
      for (size_t i = arguments.size(); i-- > 0;) {
        std::vector<std::string> fewer = arguments;
        fewer.erase(fewer.begin() + long(i));
        std::string shorter = before + (fewer.empty() ? "" : "(" + llvm::join(fewer, ", ") + ")") + after;
        if (attempt([&] { line() = shorter; })) {
          arguments = fewer;
          any = true;
        }
      }
    static const llvm::Regex operation("(^|[^A-Za-z0-9_.])([0-9]+) (\\+|-|\\*|/|//|%) ([0-9]+)($|[^A-Za-z0-9_.])");
    static const llvm::Regex inParens("(^|[^A-Za-z0-9_])\\(([0-9]+)\\)($|[^A-Za-z0-9_])");
    for (const llvm::Regex *regex : {&operation, &inParens})
      while (attempt([&] { fold(*regex, line()); }))
        any = true;
    for (size_t i = 0; i < line().size(); ++i)
      any |= shrinkNumber(line, i);
    return any;
  }

  /// "2 * 3" becomes 6, and (6) becomes 6.
  static void fold(const llvm::Regex &regex, std::string &line) {
    llvm::SmallVector<llvm::StringRef> match; // before, number [, operator, number], after
    const std::string text = line;
    if (!regex.match(text, &match))
      return;
    int64_t value = std::stoll(match[2].str());
    if (match.size() > 4) {
      int64_t right = std::stoll(match[4].str());
      value = match[3] == "+"   ? value + right
              : match[3] == "-" ? value - right
              : match[3] == "*" ? value * right
              : right == 0      ? 0
              : match[3] == "%" ? value % right
                                : value / right;
    }
    line = text.substr(0, size_t(match[0].data() - text.data())) + match[1].str() + std::to_string(value) +
           match.back().str() + text.substr(size_t(match[0].data() - text.data()) + match[0].size());
  }

  template <typename Line> bool shrinkNumber(Line line, size_t at) {
    const std::string text = line();
    bool begins = llvm::isDigit(text[at]) && (at == 0 || (!isWordPart(text[at - 1]) && text[at - 1] != '.'));
    size_t end = at;
    while (begins && end < text.size() && llvm::isDigit(text[end]))
      ++end;
    if (!begins || (end < text.size() && (text[end] == '.' || isWordPart(text[end]))) || end - at > 6)
      return false;
    int64_t value = std::stoll(text.substr(at, end - at));
    for (int64_t smaller : {int64_t(0), int64_t(1), value / 2, value - 1})
      if (smaller < value && attempt([&] { line() = text.substr(0, at) + std::to_string(smaller) + text.substr(end); }))
        return true;
    return false;
  }

  Nodes nodes;
  llvm::function_ref<bool(const std::string &)> fails;
  int checks;
};

} // namespace

std::string reduce(const std::string &text, llvm::function_ref<bool(const std::string &)> fails, int checks) {
  Nodes nodes = parseNodes(canonical(text));
  std::string start = printNodes(nodes);
  return fails(start) ? Reducer(std::move(nodes), fails, checks).run() : text;
}

} // namespace resnetc::test
