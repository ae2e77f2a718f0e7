//===- ScheduleTest.cpp - schedules as text, and the chooser ----------------===//

#include "compiler/kernels/schedule/ChooseSchedule.h"
#include "gtest/gtest.h"

using namespace resnetc::kernels;

namespace {
KernelSpec spec(const char *text) {
  auto parsed = KernelSpec::parse(text);
  EXPECT_TRUE(static_cast<bool>(parsed)) << llvm::toString(parsed.takeError());
  return *parsed;
}
const char *layer14 = "conv2d batch=1 in=blocked16:f32:256x14x14+1 out=blocked16:f32:256x14x14+1 window=3x3 stride=1x1 "
                      "pad=1x1 tile=2 epilogue=bias,residual,relu";

TEST(Schedule, TextRoundTrips) {
  const char *text = "B=2 PX=14 PY=1 PN=1 U=4 YB=28 CT=3 UK=1 order=rows";
  auto schedule = Schedule::parse(text);
  ASSERT_TRUE(static_cast<bool>(schedule));
  EXPECT_EQ(schedule->str(), text);
}

TEST(Schedule, RefusesNonsense) {
  for (const char *text : {"B", "B=0", "B=-1", "PX=x", "order=columns", "Z=3", "U=99999999999999999999"}) {
    auto schedule = Schedule::parse(text);
    EXPECT_FALSE(static_cast<bool>(schedule)) << text;
    llvm::consumeError(schedule.takeError());
  }
}

TEST(Schedule, FitsTheKernel) {
  auto wish = Schedule::parse("B=4 PX=50 PY=9 PN=3 U=7 YB=100 CT=99 order=rows");
  ASSERT_TRUE(static_cast<bool>(wish));
  EXPECT_EQ(wish->fittedTo(spec(layer14)).str(), "B=4 PX=14 PY=9 PN=1 U=4 YB=18 CT=4 order=rows");
}

TEST(ChooseSchedule, KeepsWithinTheRegisters) {
  for (const CpuTarget &target : cpuTargets())
    for (int size : {1, 2, 5, 7, 8, 13, 14, 16, 28, 56})
      for (int batch : {1, 3, 16}) {
        KernelSpec conv = spec(layer14);
        conv.batch = batch;
        conv.input.height = conv.input.width = conv.output.height = conv.output.width = size;
        conv.residual = conv.output;
        Schedule tile = modelledSchedule(conv, target, 2);
        EXPECT_LE(tile.blocks * tile.pixelsX * tile.pixelsY * tile.images, target.maxAccumulatorBlocks)
            << target.name.str() << ' ' << size;
      }
}

TEST(ChooseSchedule, KeyNamesWhatMatters) {
  EXPECT_EQ(scheduleKey(spec(layer14)), "conv2d 256x14x14 256x14x14 3x3/1 n=1 residual");
}
} // namespace
