//===- SelectLayout.cpp - every activation gets its order and its border --===//
//
// Two steps, each one walk over the flat network: orders, with an rn.to_layout where
// a reader needs another one; then borders, equal for all values that may share a
// buffer (a skip and the sum that overwrites it).
//
//===----------------------------------------------------------------------===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/EquivalenceClasses.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_SELECTLAYOUT
#include "compiler/passes/rn/Passes.h.inc"

namespace {

/// Below this many channels a convolution reads the normalised input planar: a block would be mostly padding.
constexpr int64_t blockChannels = 16;

bool isActivationValue(mlir::Value value) { return isActivation(value.getType()); }

/// A flatten that has to reorder: more than one pixel a channel.
bool flattensPixels(mlir::Operation *op) {
  auto flatten = mlir::dyn_cast<FlattenOp>(op);
  return flatten && channels(flatten.getInput().getType()) != channels(flatten.getType());
}

/// Reads planar tensors without border: the interface, and what must be in the order of NCHW.
bool readsInterface(mlir::Operation *op) { return mlir::isa<NormalizeOp, ReturnOp>(op) || flattensPixels(op); }

/// Reads `value` planar with a border, if it can choose.
bool readsPlanarInput(mlir::OpOperand &use) {
  auto conv = mlir::dyn_cast<Conv2dOp>(use.getOwner());
  return conv && conv.getGroups() == 1 && use.get() == conv.getInput() && use.get() != conv.getResidual() &&
         channels(use.get().getType()) < blockChannels;
}

/// The order of the value that enters the network, chosen by its readers.
Order entryOrder(mlir::Value value) {
  bool planar = llvm::all_of(value.getUses(), readsPlanarInput) ||
                llvm::all_of(value.getUsers(), [](mlir::Operation *user) { return readsInterface(user); });
  return planar ? Order::Planar : Order::Blocked16;
}

struct SelectLayout : impl::SelectLayoutBase<SelectLayout> {
  void runOnOperation() override {
    NetworkOp network = getOperation();
    if (hasLayout(network.getInput().getType()))
      return;
    auto nested = network.walk([](ResidualOp residual) {
      residual.emitOpError("is not flat: select-layout needs flatten-residuals first");
      return mlir::WalkResult::interrupt();
    });
    if (nested.wasInterrupted())
      return signalPassFailure();
    addEntry(network);
    selectOrders(network);
    selectBorders(network);
  }

  static void setLayout(mlir::Value value, Order order, int64_t border) {
    value.setType(withLayout(value.getType(), LayoutAttr::get(value.getContext(), order, border)));
  }

  /// An input that a layer reads as it is (no rn.normalize) gets an op that brings it into its layout.
  static void addEntry(NetworkOp network) {
    mlir::BlockArgument input = network.getInput();
    if (llvm::all_of(input.getUsers(), [](mlir::Operation *user) { return readsInterface(user); }))
      return;
    auto builder = mlir::OpBuilder::atBlockBegin(&network.getBody().front());
    auto entry = ToLayoutOp::create(builder, network.getLoc(), input.getType(), input);
    input.replaceUsesWithIf(entry, [](mlir::OpOperand &use) {
      return !readsInterface(use.getOwner()) && !mlir::isa<ToLayoutOp>(use.getOwner());
    });
  }

  static Order resultOrder(mlir::Operation *op, mlir::Value result, mlir::Value input) {
    if (mlir::isa<NormalizeOp>(op) || (mlir::isa<ToLayoutOp>(op) && op->getOperand(0) == input))
      return entryOrder(result);
    if (flattensPixels(op))
      return Order::Planar;
    return Order::Blocked16;
  }

  /// Gives `use` an operand of that order.
  static void convert(mlir::OpOperand &use, Order order) {
    mlir::Operation *user = use.getOwner();
    mlir::OpBuilder builder(user);
    auto layout = LayoutAttr::get(user->getContext(), order, /*border=*/0);
    // Where the value was made, not where it is read: a table by layer then shows what is converted.
    mlir::Operation *made = use.get().getDefiningOp();
    use.set(ToLayoutOp::create(builder, made ? made->getLoc() : user->getLoc(), withLayout(use.get().getType(), layout),
                               use.get()));
  }

  static void selectOrders(NetworkOp network) {
    setLayout(network.getInput(), Order::Planar, 0);
    for (mlir::Operation &op : llvm::make_early_inc_range(network.getBody().front())) {
      for (mlir::OpOperand &use : op.getOpOperands()) {
        if (!isActivationValue(use.get()) || mlir::isa<ToLayoutOp>(op))
          continue;
        Order is = getLayout(use.get().getType()).getOrder();
        Order wanted = readsInterface(&op) ? Order::Planar : Order::Blocked16;
        if (is != wanted && !(is == Order::Planar && readsPlanarInput(use)))
          convert(use, wanted);
      }
      for (mlir::Value result : op.getResults())
        if (isActivationValue(result))
          setLayout(result, resultOrder(&op, result, network.getInput()), 0);
    }
  }

  static void selectBorders(NetworkOp network) {
    llvm::EquivalenceClasses<mlir::Value> sharing;
    llvm::SmallVector<mlir::Value> values;
    for (mlir::Operation &op : network.getBody().front()) {
      for (mlir::Value result : op.getResults())
        if (isActivationValue(result))
          sharing.insert(values.emplace_back(result));
      if (auto conv = mlir::dyn_cast<Conv2dOp>(op); conv && conv.getResidual())
        sharing.unionSets(conv.getResidual(), conv.getOutputs()[0]);
      if (auto add = mlir::dyn_cast<AddOp>(op))
        for (mlir::Value operand : {add.getBody(), add.getSkip()})
          sharing.unionSets(operand, add.getOutputs()[0]);
    }
    llvm::DenseMap<mlir::Value, int64_t> border; // by leader
    for (mlir::Value value : values)
      for (mlir::OpOperand &use : value.getUses())
        if (auto conv = mlir::dyn_cast<Conv2dOp>(use.getOwner()); conv && use.get() == conv.getInput()) {
          int64_t &largest = border[sharing.getLeaderValue(value)];
          for (int64_t pad : conv.getPads())
            largest = std::max(largest, pad);
        }
    for (mlir::Value value : values)
      setLayout(value, getLayout(value.getType()).getOrder(), border.lookup(sharing.getLeaderValue(value)));
  }
};

} // namespace
} // namespace resnetc::rn
