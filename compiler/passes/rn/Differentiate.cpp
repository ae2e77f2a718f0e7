//===- Differentiate.cpp - the gradient of every parameter ----------------===//
//
// Reverse mode over the flat network. The walk knows no op: what an op makes of the
// gradients of its results is its rule (DifferentiableOp, ir/rn/gradients).
//
//===----------------------------------------------------------------------===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/passes/rn/Passes.h.inc"

namespace {

using mlir::Operation;
using mlir::Value;

/// One reverse walk over one block.
class ReverseWalk {
public:
  explicit ReverseWalk(NetworkOp network) : builder(network.getBody().front().getTerminator()) {
    for (Operation &op : network.getBody().front().without_terminator())
      ops.push_back(&op);
  }

  /// The sum of what `output` holds is what is minimised; its maker's rule begins without gradients.
  mlir::LogicalResult run(Value output) {
    findActive();
    Operation *loss = output.getDefiningOp();
    for (Operation *op : llvm::reverse(ops)) {
      llvm::SmallVector<Value> gradients;
      for (Value result : op->getResults())
        gradients.push_back(gradientOf.lookup(result));
      bool reached = op == loss || llvm::any_of(gradients, [](Value gradient) { return gradient != nullptr; });
      if (!reached)
        continue;
      if (auto parameter = mlir::dyn_cast<ParameterOp>(op))
        GradientOfOp::create(builder, op->getLoc(), gradients[0], parameter.getName());
      else if (failed(propagate(op, gradients)))
        return mlir::failure();
    }
    for (Operation *op : ops)
      if (auto probe = mlir::dyn_cast<ProbeOp>(op); probe && probe.getKind() == ProbeKind::Gradient)
        aim(probe);
    return mlir::success();
  }

private:
  /// A probe of a gradient reads that instead of the value, where it is made.
  void aim(ProbeOp probe) {
    Value gradient = gradientOf.lookup(probe.getValue());
    if (!gradient) {
      probe.erase();
      return;
    }
    probe.getValueMutable().assign(gradient);
    probe->moveAfter(gradient.getDefiningOp());
  }

  /// Values that depend on a trained parameter; no other one needs a gradient.
  void findActive() {
    auto isTrained = [](Operation *op) {
      auto parameter = mlir::dyn_cast<ParameterOp>(op);
      return parameter && !parameter.getFrozen();
    };
    for (Operation *op : ops)
      if (isTrained(op) || llvm::any_of(op->getOperands(), [&](Value v) { return active.contains(v); }))
        active.insert(op->result_begin(), op->result_end());
  }

  mlir::LogicalResult propagate(Operation *op, llvm::ArrayRef<Value> resultGradients) {
    llvm::BitVector wanted(op->getNumOperands());
    for (auto [index, operand] : llvm::enumerate(op->getOperands()))
      wanted[index] = active.contains(operand);
    if (wanted.none())
      return mlir::success();
    auto rule = mlir::dyn_cast<DifferentiableOp>(op);
    if (!rule)
      return op->emitOpError("has no gradient rule, and a parameter lies before it");
    llvm::SmallVector<Value> gradients = rule.differentiate(builder, resultGradients, wanted);
    if (gradients.size() != op->getNumOperands())
      return op->emitOpError("has no gradient rule for this form (fused ops come after differentiate)");
    for (auto [index, gradient] : llvm::enumerate(gradients))
      if (gradient && wanted[index] && failed(add(op, op->getOperand(index), gradient)))
        return mlir::failure();
    return mlir::success();
  }

  /// A value that several ops read gets the sum of what they send back.
  mlir::LogicalResult add(Operation *reader, Value value, Value gradient) {
    Value &sum = gradientOf[value];
    if (!sum) {
      sum = gradient;
      return mlir::success();
    }
    if (isParameter(value.getType())) {
      auto error = reader->emitOpError("reads a parameter that another layer reads, too, which training does not know");
      if (Operation *made = value.getDefiningOp())
        error.attachNote(made->getLoc()) << "the parameter is made here";
      return error;
    }
    auto none = ActivationAttr::get(builder.getContext(), Activation::None);
    Operation *made = value.getDefiningOp();
    sum = AddOp::create(builder, made ? made->getLoc() : reader->getLoc(), mlir::TypeRange(value.getType()), sum,
                        gradient, /*scale=*/Value(), /*shift=*/Value(), none, none, /*block=*/nullptr)
              .getResult(0);
    return mlir::success();
  }

  mlir::OpBuilder builder;
  llvm::SmallVector<Operation *> ops; ///< the forward pass, in order
  llvm::DenseSet<Value> active;
  llvm::DenseMap<Value, Value> gradientOf;
};

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override {
    NetworkOp network = getOperation();
    if (!network.getLabels()) {
      network.emitOpError("has no labels: differentiate needs prepare-training first");
      return signalPassFailure();
    }
    if (failed(ReverseWalk(network).run(network.getOutput())))
      signalPassFailure();
  }
};

} // namespace
} // namespace resnetc::rn
