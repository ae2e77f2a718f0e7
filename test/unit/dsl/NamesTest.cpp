//===- NamesTest.cpp - how layers get their names -----------------------------------------------===//

#include "DslFixture.h"

using namespace resnetc::dsl;

namespace {

std::string namesOf(const Sequence &layers) {
  std::string text;
  for (const Layer &layer : layers) {
    text += layer.name + (layer.nameIsStable ? " " : "? ");
    if (const auto *residual = std::get_if<Residual>(&layer.kind)) {
      std::string gate = residual->gate ? "| gated " + namesOf(*residual->gate) : "";
      text += "{ " + namesOf(residual->body) + gate + "| " + namesOf(residual->shortcut) + "} ";
    } else
      forEachBranch(layer.kind, [&](const Sequence &branch) { text += "[ " + namesOf(branch) + "] "; });
  }
  return text;
}

std::string namesIn(llvm::StringRef statements) {
  Loaded loaded("block b { x: relu; relu }\n" + inNetwork(statements));
  return loaded.network ? namesOf(loaded.network->layers) : loaded.heads();
}

TEST(Names, LabelsAndOrdinals) {
  EXPECT_EQ(namesIn("a: relu; relu; relu; flatten"), "a relu1? relu2? flatten1? ");
  EXPECT_EQ(namesIn("g: { relu; a: relu; relu; { relu } }"), "g.0 g.a g.2 g.3.0 ");
  EXPECT_EQ(namesIn("g: { b; b; c: b }"), "g.0.x g.0.relu1? g.1.x g.1.relu1? g.c.x g.c.relu1? ");
  EXPECT_EQ(namesIn("b; b"), "b1.x? b1.relu1? b2.x? b2.relu1? ");
}

TEST(Names, AutomaticNamesAvoidLabels) {
  EXPECT_EQ(namesIn("relu; relu2: relu; relu; relu3: flatten"), "relu1? relu2 relu4? relu3 ");
}

TEST(Names, RepeatAndIfBelongToWhatIsAroundThem) {
  EXPECT_EQ(namesIn("g: { relu; repeat 2 { relu; if true { relu } }; relu }"), "g.0 g.1 g.2 g.3 g.4 g.5 ");
}

TEST(Names, ResidualsAreTransparentUnlessLabelled) {
  EXPECT_EQ(namesIn("g: { residual { relu; relu }; relu }"), "g { g.0 g.1 | } g.2 ");
  EXPECT_EQ(namesIn("r: residual { relu; a: relu }"), "r { r.0 r.a | } ");
  EXPECT_EQ(namesIn("residual { a: relu }"), "residual1? { a | } ");
}

TEST(Names, Projections) {
  EXPECT_EQ(namesIn("residual { c: conv(16, kernel = 3) } shortcut projection"),
            "residual1? { c | downsample.0 downsample.1 } ");
  EXPECT_EQ(namesIn("g: { residual { conv(16, kernel = 3) } shortcut p: projection; relu }"),
            "g { g.0 | g.p.0 g.p.1 } g.1 ");
}

TEST(Names, ScaleAndConcatAreAsTransparentAsResiduals) {
  EXPECT_EQ(namesIn("g: { scale { sigmoid }; carry { a: sigmoid }; concat { relu } { b; } { }; relu }"),
            "g [ g.0 ] g#2 [ g.a ] g#3 [ g.2 ] [ g.3.x g.3.relu1? ] [ ] g.4 ");
  EXPECT_EQ(namesIn("s: scale { sigmoid; relu }; c: concat { relu } { a: relu; relu }"),
            "s [ s.0 s.1 ] c [ c.0 ] [ c.a c.2 ] ");
  EXPECT_EQ(namesIn("scale { sigmoid }; scale { sigmoid }; concat { } { relu }"),
            "scale1? [ sigmoid1? ] scale2? [ sigmoid2? ] concat1? [ ] [ relu1? ] ");
  EXPECT_EQ(namesIn("concat { a: relu } { a: relu }"), "the name 'a' is used twice\n");
}

TEST(Names, AGateIsNumberedBetweenBodyAndShortcut) {
  for (const char *order : {"gated { sigmoid } shortcut { relu }", "shortcut { relu } gated { sigmoid }"})
    EXPECT_EQ(namesIn(std::string("r: residual { relu; relu } ") + order), "r { r.0 r.1 | gated r.2 | r.3 } ") << order;
}

TEST(Names, ATakenNameIsAnError) {
  EXPECT_EQ(namesIn("a: relu; a: relu"), "the name 'a' is used twice\n");
  EXPECT_EQ(namesIn("g: { a: relu; residual { a: relu } }"), "the name 'g.a' is used twice\n");
  EXPECT_EQ(namesIn("a: { relu }; b: { a: relu }"), "a.0 b.a ");
}

TEST(Names, AreBounded) {
  std::string label(300, 'x');
  EXPECT_EQ(namesIn(label + ": relu"), "the name of this layer is longer than 200 letters\n");
}

} // namespace
