//===- SelectLayout.cpp - every activation gets its order and its border --===//
//
// Two steps, each one walk over the flat network: orders, with an rn.to_layout where
// a reader needs another one; then borders, equal for all values that may share a
// buffer (a skip and the sum that overwrites it).
//
//===----------------------------------------------------------------------===//

#include "compiler/kernels/GradientBorder.h"
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

/// A training step keeps its losses to itself: the runtime reads them in any layout.
bool returnsToCaller(mlir::Operation *op) {
  return mlir::isa<ReturnOp>(op) && !op->getParentOfType<NetworkOp>().getLabels();
}

/// Reads planar tensors without border: the interface, and what must be in the order of NCHW.
bool readsInterface(mlir::Operation *op) {
  return mlir::isa<NormalizeOp>(op) || returnsToCaller(op) || flattensPixels(op);
}

/// Reads `value` planar with a border, if it can choose.
bool readsPlanarInput(mlir::OpOperand &use) {
  if (channels(use.get().getType()) >= blockChannels)
    return false;
  if (auto gradient = mlir::dyn_cast<Conv2dFilterGradientOp>(use.getOwner()))
    return gradient.getGroups() == 1 && use.get() == gradient.getX() && use.get() != gradient.getDy();
  auto conv = mlir::dyn_cast<Conv2dOp>(use.getOwner());
  return conv && conv.getGroups() == 1 && use.get() == conv.getInput() && use.get() != conv.getResidual();
}

int64_t gradientBorder(Conv2dInputGradientOp conv) {
  llvm::ArrayRef<int64_t> in = imageShape(conv.getDx().getType()), out = imageShape(conv.getDy().getType());
  auto window = filterWindow(conv.getFilter().getType());
  int64_t border = 0;
  for (int axis : {0, 1})
    border =
        std::max(border, kernels::gradientBorder(in[axis + 1], out[axis + 1], window[axis], conv.getStrides()[axis],
                                                 conv.getPads()[axis], conv.getDilations()[axis]));
  return border;
}

/// The zeros around a map that the reader of `use` counts on.
int64_t borderFor(mlir::OpOperand &use) {
  mlir::Operation *user = use.getOwner();
  auto largest = [](llvm::ArrayRef<int64_t> pads) { return *llvm::max_element(pads); };
  if (auto conv = mlir::dyn_cast<Conv2dOp>(user); conv && use.get() == conv.getInput())
    return largest(conv.getPads());
  if (auto conv = mlir::dyn_cast<Conv2dFilterGradientOp>(user); conv && use.get() == conv.getX())
    return largest(conv.getPads());
  if (auto conv = mlir::dyn_cast<Conv2dInputGradientOp>(user); conv && use.get() == conv.getDy())
    return gradientBorder(conv);
  return 0;
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

  /// Results that may be written over an operand: they must have one type.
  static void shareBuffers(mlir::Operation &op, llvm::EquivalenceClasses<mlir::Value> &sharing) {
    auto share = [&](mlir::Value operand, mlir::Value result) {
      if (operand && result)
        sharing.unionSets(operand, result);
    };
    if (auto conv = mlir::dyn_cast<Conv2dOp>(op))
      share(conv.getResidual(), conv.getOutputs()[0]);
    if (auto conv = mlir::dyn_cast<Conv2dInputGradientOp>(op))
      share(conv.getResidual(), conv.getDx());
    if (auto norm = mlir::dyn_cast<BatchNormGradientOp>(op)) {
      share(norm.getDy(), norm.getMaskedDy());
      if (!norm.getMaskedDy())
        share(norm.getDy(), norm.getDx());
      share(norm.getResidual(), norm.getDx());
    }
    if (auto gradient = mlir::dyn_cast<ActivationGradientOp>(op))
      share(gradient.getDy(), gradient.getDx());
    if (auto add = mlir::dyn_cast<AddOp>(op))
      for (mlir::Value operand : {add.getBody(), add.getSkip()})
        share(operand, add.getOutputs()[0]);
  }

  static void selectBorders(NetworkOp network) {
    llvm::EquivalenceClasses<mlir::Value> sharing;
    llvm::SmallVector<mlir::Value> values;
    for (mlir::Operation &op : network.getBody().front()) {
      for (mlir::Value result : op.getResults())
        if (isActivationValue(result))
          sharing.insert(values.emplace_back(result));
      shareBuffers(op, sharing);
    }
    llvm::DenseMap<mlir::Value, int64_t> border; // by leader
    for (mlir::Value value : values)
      for (mlir::OpOperand &use : value.getUses()) {
        int64_t &largest = border[sharing.getLeaderValue(value)];
        largest = std::max(largest, borderFor(use));
      }
    for (mlir::Value value : values)
      setLayout(value, getLayout(value.getType()).getOrder(), border.lookup(sharing.getLeaderValue(value)));
  }
};

} // namespace
} // namespace resnetc::rn
