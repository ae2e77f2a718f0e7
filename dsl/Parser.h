//===- Parser.h - tokens to a tree --------------------------------------------===//

#ifndef RESNETC_DSL_PARSER_H
#define RESNETC_DSL_PARSER_H

#include "dsl/Ast.h"
#include "dsl/Diagnostics.h"

namespace resnetc::dsl {

/// Parses a whole file. After an error the parser goes on with the next statement, so that one run shows several
/// mistakes; what it returns then lacks the wrong parts. Nesting is bounded, so any bytes are safe to give.
/// `starts` gets the places where items, statements and settings begin, in the order of the text.
std::unique_ptr<ast::File> parse(llvm::StringRef text, Diagnostics &diagnostics,
                                 std::vector<const char *> *starts = nullptr);

/// Parses one expression that fills `text`; null after an error.
ast::ExprPtr parseExpression(llvm::StringRef text, Diagnostics &diagnostics);

} // namespace resnetc::dsl

#endif // RESNETC_DSL_PARSER_H
