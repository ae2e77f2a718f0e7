//===- TrainSettingsTest.cpp - settings from outside of the file --------------------------------===//

#include "DslFixture.h"

using namespace resnetc::dsl;

namespace {

const char *const trained = "network net { input x: f32[4]; relu }\n"
                            "train net { optimizer = sgd(0.1, momentum = 0.9, nesterov = true); epochs = 2 }";

const TrainValue *find(const Loaded &loaded, llvm::StringRef name) {
  for (const auto &[each, value] : loaded.network->train->settings)
    if (each == name)
      return &value;
  return nullptr;
}

TEST(TrainSettings, ReplaceThoseOfTheFileAndAddToThem) {
  Loaded loaded(trained, {}, {"epochs = 2 * 3", "schedule=one_cycle(warmup = 0.2)", "optimizer.lr = 0.5"});
  ASSERT_TRUE(loaded.network) << loaded.messages();
  ASSERT_EQ(loaded.network->train->settings.size(), 3u);
  EXPECT_EQ(std::get<int64_t>(find(loaded, "epochs")->data), 6);
  const auto &schedule = std::get<TrainChoice>(find(loaded, "schedule")->data);
  EXPECT_EQ(schedule.name, "one_cycle");
  EXPECT_EQ(std::get<double>(schedule.arguments[0].second.data), 0.2);
  const auto &sgd = std::get<TrainChoice>(find(loaded, "optimizer")->data);
  EXPECT_EQ(std::get<double>(sgd.arguments[0].second.data), 0.5);
  EXPECT_EQ(std::get<double>(sgd.arguments[1].second.data), 0.9);
}

TEST(TrainSettings, MakeASectionWhereThereIsNone) {
  Loaded loaded(inNetwork("global_avg_pool"), {}, {"optimizer=adamw(1e-3)"});
  ASSERT_TRUE(loaded.network) << loaded.messages();
  EXPECT_EQ(std::get<TrainChoice>(find(loaded, "optimizer")->data).name, "adamw");
}

TEST(TrainSettings, AreCheckedAsThoseOfTheFile) {
  for (auto [setting, message] :
       {std::pair("epoch=3", "train has no setting 'epoch'"),
        {"optimizer.rate=1", "'sgd' has no 'rate'"},
        {"schedule.every=3", "there is no schedule whose 'every' could be set"},
        {"epochs.lr=3", "there is no epochs whose 'lr' could be set"},
        {"epochs=0", "epochs of train must be at least 1 and at most 1000000000, not the integer 0"},
        {"epochs", "a setting is given as name=value"},
        {"optimizer.momentum=0", "nesterov of sgd needs a momentum"},
        {"optimizer.lr=unknown", "unknown parameter 'unknown'"}}) {
    Loaded loaded(trained, {}, {setting});
    EXPECT_FALSE(loaded.network);
    EXPECT_EQ(loaded.heads(), std::string(message) + "\n") << loaded.messages();
  }
}

TEST(TrainSettings, MustSuitTheNetwork) {
  Loaded loaded(inNetwork("relu"), {}, {"loss=cross_entropy"});
  EXPECT_FALSE(loaded.network);
  EXPECT_NE(loaded.heads().find("the loss cross_entropy needs a vector"), std::string::npos) << loaded.messages();
}

} // namespace
