//===- PrepareTraining.cpp - the forward pass as training computes it -----===//

#include "compiler/passes/rn/Passes.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/xxhash.h"

namespace resnetc::rn {
#define GEN_PASS_DEF_PREPARETRAINING
#include "compiler/passes/rn/Passes.h.inc"

namespace {

using mlir::Value;

/// The name of the layer that an op is, empty if it has none.
llvm::StringRef layerName(mlir::Operation *op) {
  auto name = mlir::dyn_cast<mlir::NameLoc>(op->getLoc());
  return name ? name.getName().getValue() : llvm::StringRef();
}

/// `loss = cross_entropy(…)` of the train section.
struct Loss {
  double smoothing = 0;
  llvm::SmallVector<double> classWeights;

  explicit Loss(std::optional<mlir::DictionaryAttr> train) {
    auto loss = train && *train ? train->getAs<mlir::DictionaryAttr>("loss") : mlir::DictionaryAttr();
    if (!loss)
      return;
    if (auto value = loss.getAs<mlir::FloatAttr>("label_smoothing"))
      smoothing = value.getValueAsDouble();
    if (auto values = loss.getAs<mlir::ArrayAttr>("class_weights"))
      for (auto value : values.getAsRange<mlir::FloatAttr>())
        classWeights.push_back(value.getValueAsDouble());
  }
};

struct PrepareTraining : impl::PrepareTrainingBase<PrepareTraining> {
  using PrepareTrainingBase::PrepareTrainingBase;

  void runOnOperation() override {
    NetworkOp network = getOperation();
    if (network.getLabels())
      return;
    streams.clear();
    if (auto train = network.getTrain())
      if (auto zero = train->getAs<mlir::BoolAttr>("zero_init_residual"); zero && zero.getValue())
        zeroLastNorms(network);
    if (failed(freeze(network)))
      return signalPassFailure();
    if (probes)
      addProbes(network);
    auto ended = network.walk([&](mlir::Operation *op) { return mlir::WalkResult(prepare(network, op)); });
    if (ended.wasInterrupted() || failed(appendLoss(network)))
      return signalPassFailure();
    // Running statistics are named by update_statistics; nothing reads them.
    for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(network.getBody().front())))
      if (mlir::isa<ParameterOp>(op) && op.use_empty())
        op.erase();
  }

private:
  mlir::LogicalResult prepare(NetworkOp network, mlir::Operation *op) {
    if (mlir::isa<ResidualOp>(op))
      return op->emitOpError("is not flat: prepare-training needs flatten-residuals first");
    if (auto norm = mlir::dyn_cast<BatchNormOp>(op))
      return prepareNorm(network, norm);
    if (auto dropout = mlir::dyn_cast<DropoutOp>(op))
      replaceDrop(op, dropout.getRateAttr(), /*perImage=*/false);
    else if (auto dropPath = mlir::dyn_cast<DropPathOp>(op))
      replaceDrop(op, dropPath.getRateAttr(), /*perImage=*/true);
    return mlir::success();
  }

  //===-- what is not trained ----------------------------------------------------===//

  /// "layer1" is a prefix of "layer1" and of "layer1.0.conv1.weight", but not of "layer10".
  static bool isPrefix(llvm::StringRef prefix, llvm::StringRef name) {
    return name.consume_front(prefix) && (name.empty() || name.front() == '.');
  }
  bool isFrozen(llvm::StringRef name) const {
    return llvm::any_of(frozen, [&](const std::string &prefix) { return isPrefix(prefix, name); });
  }
  static bool isStatistic(llvm::StringRef name) {
    return name.ends_with(".running_mean") || name.ends_with(".running_var");
  }

  mlir::LogicalResult freeze(NetworkOp network) {
    llvm::SmallVector<ParameterOp> parameters;
    network.walk([&](ParameterOp op) { parameters.push_back(op); });
    for (const std::string &prefix : frozen)
      if (llvm::none_of(parameters, [&](ParameterOp op) { return isPrefix(prefix, op.getName()); }))
        return refuse(network, prefix, parameters);
    bool trains = false;
    for (ParameterOp op : parameters) {
      op.setFrozen(isFrozen(op.getName()));
      trains |= !op.getFrozen() && !isStatistic(op.getName());
    }
    if (!trains && !frozen.empty())
      return network.emitError() << "all parameters are frozen: there is nothing to train";
    return mlir::success();
  }

  /// In the words of the names that are there.
  static mlir::LogicalResult refuse(NetworkOp network, llvm::StringRef prefix, llvm::ArrayRef<ParameterOp> parameters) {
    llvm::StringRef nearest;
    unsigned least = ~0U;
    for (ParameterOp op : parameters)
      for (size_t end = op.getName().find('.');; end = op.getName().find('.', end + 1)) {
        llvm::StringRef known = op.getName().take_front(end);
        unsigned distance = prefix.edit_distance(known);
        if (distance < least)
          least = distance, nearest = known;
        if (end == llvm::StringRef::npos)
          break;
      }
    auto error = network.emitError() << "no parameter's name begins with '" << prefix << "', which is to be frozen";
    if (!nearest.empty())
      error << "; did you mean '" << nearest << "'?";
    return error;
  }

  //===-- probes -------------------------------------------------------------------===//

  static void addProbes(NetworkOp network) {
    network.walk([](AddOp add) {
      if (!add.getBlock())
        return;
      mlir::OpBuilder builder(add);
      ProbeOp::create(builder, add.getLoc(), add.getBody(), ProbeKind::Branch, *add.getBlock());
      ProbeOp::create(builder, add.getLoc(), add.getSkip(), ProbeKind::Skip, *add.getBlock());
      builder.setInsertionPointAfter(add);
      ProbeOp::create(builder, add.getLoc(), add.getOutputs()[0], ProbeKind::Gradient, *add.getBlock());
    });
  }

  //===-- batch norm -----------------------------------------------------------===//

  /// How many images the train section says a step has; 0 if it does not.
  int64_t batchOf(NetworkOp network) {
    auto train = network.getTrain();
    auto value = train ? train->getAs<mlir::IntegerAttr>("batch") : mlir::IntegerAttr();
    return batch ? batch : value ? value.getInt() : 0;
  }

  mlir::LogicalResult prepareNorm(NetworkOp network, BatchNormOp norm) {
    auto mean = norm.getMean().getDefiningOp<ParameterOp>(), variance = norm.getVariance().getDefiningOp<ParameterOp>();
    if (freezeBatchNorm || (mean && variance && mean.getFrozen() && variance.getFrozen())) {
      norm.setFrozen(true);
      return mlir::success();
    }
    auto pixels = imageShape(norm.getInput().getType()).drop_front();
    if (batchOf(network) == 1 && llvm::all_of(pixels, [](int64_t extent) { return extent == 1; }))
      return norm.emitOpError("has one value a channel in a batch of one image, and statistics need two or more: use a "
                              "larger batch or --freeze-batch-norm");
    if (!mean || !variance)
      return norm.emitOpError("needs running statistics that are parameters, so that training can update them");
    mlir::IRRewriter rewriter(norm);
    auto train = BatchNormTrainOp::create(rewriter, norm.getLoc(), norm.getType(), mean.getType(), variance.getType(),
                                          norm.getInput(), norm.getGamma(), norm.getBeta(), /*residual=*/Value(),
                                          ActivationAttr::get(&getContext(), Activation::None), norm.getEps());
    UpdateStatisticsOp::create(rewriter, norm.getLoc(), train.getMean(), train.getVariance(), norm.getInput(),
                               mean.getName(), variance.getName(), norm.getMomentum());
    rewriter.replaceOp(norm, train.getResult());
    return mlir::success();
  }

  /// The batch norm that ends a residual's body begins as zero, so that the block begins as its shortcut.
  static void zeroLastNorms(NetworkOp network) {
    network.walk([](AddOp add) {
      auto norm = add.getBody().getDefiningOp<BatchNormOp>();
      auto gamma = norm && add.getBlock() ? norm.getGamma().getDefiningOp<ParameterOp>() : ParameterOp();
      if (gamma)
        gamma.setInitAttr(mlir::FloatAttr::get(mlir::Float64Type::get(add.getContext()), 0.0));
    });
  }

  //===-- dropout --------------------------------------------------------------===//

  void replaceDrop(mlir::Operation *op, mlir::FloatAttr rate, bool perImage) {
    mlir::IRRewriter rewriter(op);
    rewriter.replaceOpWithNewOp<RandomDropOp>(op, op->getResult(0).getType(), op->getOperand(0), rate,
                                              rewriter.getI64IntegerAttr(stream(layerName(op))),
                                              perImage ? rewriter.getUnitAttr() : mlir::UnitAttr());
  }
  /// A number of the layer's name, so that other layers that come or go do not change its random bits. Layers of one
  /// name are counted.
  int64_t stream(llvm::StringRef name) {
    std::string unique = name.str();
    for (unsigned count = 2; !streams.insert(unique).second; ++count)
      unique = (name + "#" + llvm::Twine(count)).str();
    return static_cast<int64_t>(llvm::xxh3_64bits(unique));
  }
  llvm::StringSet<> streams;

  //===-- the loss ---------------------------------------------------------------===//

  mlir::LogicalResult appendLoss(NetworkOp network) {
    auto end = mlir::cast<ReturnOp>(network.getBody().front().getTerminator());
    Value scores = end.getOutput();
    // The loss is of scores before the softmax that ends a classifier.
    auto softmax = scores.getDefiningOp<SoftmaxOp>();
    if (softmax)
      scores = softmax.getInput();
    if (imageShape(scores.getType()).size() != 1)
      return network.emitOpError("ends with a map: cross entropy needs a vector of one score a class");
    Loss loss(network.getTrain());
    int64_t classes = channels(scores.getType()), weights = loss.classWeights.size();
    if (weights && weights != classes)
      return network.emitOpError() << "has " << weights << " class_weights for " << classes << " classes";
    Value labels = network.getBody().addArgument(
        mlir::RankedTensorType::get({mlir::ShapedType::kDynamic}, mlir::IntegerType::get(&getContext(), 32)),
        network.getLoc());
    mlir::OpBuilder builder(end);
    auto type = activationType(builder.getF32Type(), {1});
    auto entropy = CrossEntropyOp::create(
        builder, end.getLoc(), type, scores.getType(), scores, labels, builder.getF64FloatAttr(loss.smoothing),
        weights ? builder.getDenseF64ArrayAttr(loss.classWeights) : mlir::DenseF64ArrayAttr());
    end.getOutputMutable().assign(entropy.getLosses());
    if (softmax && softmax->use_empty())
      softmax.erase();
    return mlir::success();
  }
};

} // namespace
} // namespace resnetc::rn
