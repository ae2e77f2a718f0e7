//===- Schedule.cpp - how a kernel's loops run, as plain data --------------===//

#include "compiler/kernels/schedule/Schedule.h"
#include "compiler/kernels/FilterTile.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace llvm;
using namespace resnetc::kernels;

namespace {
struct Field {
  StringRef name;
  int64_t Schedule::*member;
};
const Field fields[] = {{"B", &Schedule::blocks},       {"PX", &Schedule::pixelsX}, {"PY", &Schedule::pixelsY},
                        {"PN", &Schedule::images},      {"U", &Schedule::unroll},   {"YB", &Schedule::rowBlock},
                        {"CT", &Schedule::channelTiles}};
constexpr StringRef orderNames[] = {"serial", "rows", "channels"};

/// Larger tiles could only spill, and unrolled code grows with them.
constexpr int64_t maxTile = 64;
constexpr int64_t maxBlock = 1 << 20;

Error parseField(StringRef name, StringRef value, Schedule &schedule) {
  auto failure = [&] {
    return createStringError(std::errc::invalid_argument, "schedule: '%s=%s' is no setting", name.str().c_str(),
                             value.str().c_str());
  };
  if (name == "order") {
    const StringRef *found = llvm::find(orderNames, value);
    if (found == std::end(orderNames))
      return failure();
    schedule.order = static_cast<LoopOrder>(found - orderNames);
    return Error::success();
  }
  int64_t number = 0;
  if (value.getAsInteger(10, number) || number < 0 || number > maxBlock)
    return failure();
  if (name == "UK") {
    schedule.unrollWindow = number != 0;
    return Error::success();
  }
  const Field *field = llvm::find_if(fields, [&](const Field &f) { return f.name == name; });
  if (field == std::end(fields) || number < 1)
    return failure();
  schedule.*field->member = number;
  return Error::success();
}

/// The largest divisor of `extent` that is at most `wish`.
int64_t divisorAtMost(int64_t extent, int64_t wish) {
  int64_t result = std::clamp<int64_t>(wish, 1, std::min(extent, maxTile));
  while (extent % result != 0)
    --result;
  return result;
}
} // namespace

std::string Schedule::str() const {
  std::string text;
  raw_string_ostream os(text);
  for (const Field &field : fields)
    os << field.name << '=' << this->*field.member << ' ';
  if (unrollWindow)
    os << "UK=1 ";
  os << "order=" << orderNames[static_cast<int>(order)];
  return text;
}

Expected<Schedule> Schedule::parse(StringRef text) {
  Schedule schedule;
  SmallVector<StringRef> words;
  text.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef word : words) {
    auto [name, value] = word.split('=');
    if (Error error = parseField(name, value, schedule))
      return error;
  }
  return schedule;
}

/// Input channels that a filter counts together: what unrolling cuts.
static int64_t unrolledInputs(const KernelSpec &spec) {
  if (spec.op == KernelOp::Conv2dFilterGradient) {
    KernelSpec forward = spec.forwardConv();
    return unrolledInputs(forward);
  }
  if (spec.op != KernelOp::Conv2d && spec.op != KernelOp::Conv2dInputGradient)
    return 1;
  if (spec.groups > 1)
    return spec.filterInputs();
  return spec.input.layout == Layout::Planar ? spec.input.channels : channelBlock;
}

/// Whole tiles, and register tiles and row blocks that divide the map of tiles, whose last ones may overhang.
static void fitWinograd(const Schedule &wish, const KernelSpec &spec, Schedule &fitted) {
  if (spec.op == KernelOp::Conv2dFilterGradient) {
    fitted.blocks = divisorAtMost(spec.other->channelBlocks(), wish.blocks);
    return;
  }
  int64_t tilesX = divideCeil(spec.output.width, winogradTile), tilesY = divideCeil(spec.output.height, winogradTile);
  int64_t rows =
      divisorAtMost(tilesY, std::min(wish.rowBlock / winogradTile, mostWinogradRowBytes / winogradRowBytes(spec)));
  fitted.rowBlock = winogradTile * rows;
  fitted.pixelsX = winogradTile * divisorAtMost(tilesX, wish.pixelsX / winogradTile);
  fitted.pixelsY = winogradTile * divisorAtMost(rows, wish.pixelsY / winogradTile);
}

Schedule Schedule::fittedTo(const KernelSpec &spec) const {
  Schedule fitted = *this;
  const TensorSpec &output = spec.output.isGiven() ? spec.output : spec.input;
  bool planar = output.layout == Layout::Planar;
  int64_t channelBlocks = planar ? output.channels : output.channelBlocks();
  fitted.blocks = spec.op == KernelOp::Conv2dFilterGradient ? blocks : divisorAtMost(channelBlocks, blocks);
  fitted.pixelsX = std::clamp<int64_t>(pixelsX, 1, std::min(output.width, maxTile));
  fitted.pixelsY = std::clamp<int64_t>(pixelsY, 1, std::min(output.height, maxTile));
  fitted.images = divisorAtMost(spec.batch, images);
  fitted.unroll = divisorAtMost(unrolledInputs(spec), unroll);
  fitted.unrollWindow = unrollWindow && spec.windowWidth > 1 && spec.windowWidth < 8;
  // Row blocks are whole tiles.
  int64_t tileRows = divideCeil(output.height, fitted.pixelsY);
  fitted.rowBlock = fitted.pixelsY * std::clamp<int64_t>(rowBlock / fitted.pixelsY, 1, tileRows);
  if (spec.winograd)
    fitWinograd(*this, spec, fitted);
  int64_t tiles = channelBlocks / fitted.blocks;
  if (spec.op == KernelOp::Conv2dFilterGradient)
    tiles = spec.forwardConv().output.channelBlocks() / spec.filterTile;
  fitted.channelTiles = std::clamp<int64_t>(channelTiles, 1, tiles);
  return fitted;
}
