//===- PlotLog.cpp - loss and accuracy as a picture ------------------------===//

#include "runtime/plot/Chart.h"
#include "runtime/plot/CsvTable.h"
#include "runtime/train/log/Log.h"
#include "runtime/weights/AtomicFile.h"
#include "llvm/Support/FileSystem.h"
#include <array>
#include <cmath>

using namespace llvm;

namespace resnetc::train {
namespace {

struct Curve {
  StringLiteral column, name;
  double factor;
};
constexpr std::array<Curve, 2> losses = {{{"train_loss", "training", 1}, {"validation_loss", "validation", 1}}};
constexpr std::array<Curve, 3> accuracies = {
    {{"train_accuracy", "training", 100}, {"top1", "validation", 100}, {"top5", "validation, top-5", 100}}};

class PlotLog : public Log {
public:
  PlotLog(StringRef path, StringRef csv) : path(path.str()), csv(csv.str()) {}

  void resumeAt(uint64_t step, uint64_t epoch) override { lastKept = epoch; }

  void begin(const RunRecord &run) override {
    picture.title = run.network;
    picture.panels.resize(2);
    picture.panels[0].title = "loss";
    picture.panels[0].y.label = "mean over images";
    picture.panels[1].title = "accuracy";
    picture.panels[1].y.label = "%";
    addSeries(picture.panels[0], losses);
    addSeries(picture.panels[1], accuracies);
    picture.panels[1].series[2].dashed = true;
    picture.panels[1].series[2].colourOf = "validation";
    for (plot::Chart &panel : picture.panels) {
      panel.x.label = "epoch";
      panel.x.most = static_cast<double>(std::max<uint64_t>(run.epochs, 2)); // a picture that grows to the right
      panel.x.least = 1;
    }
    if (lastKept && sys::fs::exists(csv))
      readBefore();
  }

  void epoch(const EpochRecord &record) override {
    auto add = [&](size_t panel, size_t series, std::optional<double> value, double factor) {
      if (value)
        picture.panels[panel].series[series].points.push_back({static_cast<double>(record.epoch), factor * *value});
    };
    add(0, 0, record.trainLoss, 1);
    add(0, 1, record.validationLoss, 1);
    add(1, 0, record.trainAccuracy, 100);
    add(1, 1, record.top1, 100);
    add(1, 2, record.top5, 100);
    write();
  }

  Error flush() override { return std::exchange(failure, Error::success()); }
  ~PlotLog() override { consumeError(std::move(failure)); }

private:
  static void addSeries(plot::Chart &panel, ArrayRef<Curve> curves) {
    for (const Curve &curve : curves)
      panel.series.push_back({curve.name.str(), {}});
  }

  void readBefore() {
    Expected<plot::CsvTable> table = plot::readCsv(csv);
    if (!table)
      return fail(table.takeError());
    const std::vector<double> *epochs = table->find("epoch");
    auto read = [&](plot::Chart &panel, ArrayRef<Curve> curves) {
      for (size_t i = 0; i < curves.size(); ++i)
        if (const std::vector<double> *values = table->find(curves[i].column); values && epochs)
          for (size_t row = 0; row < values->size(); ++row)
            if ((*epochs)[row] <= static_cast<double>(*lastKept) && !std::isnan((*values)[row]))
              panel.series[i].points.push_back({(*epochs)[row], curves[i].factor * (*values)[row]});
    };
    read(picture.panels[0], losses);
    read(picture.panels[1], accuracies);
  }

  void write() {
    plot::Picture shown = picture;
    for (plot::Chart &panel : shown.panels)
      erase_if(panel.series, [](const plot::Series &series) { return series.points.empty(); });
    std::string svg = plot::drawLines(shown);
    if (Error error = weights::writeFileAtomically(path, [&](raw_pwrite_stream &os) { os << svg; }))
      fail(std::move(error));
  }
  void fail(Error error) { failure = joinErrors(std::move(failure), std::move(error)); }

  std::string path, csv;
  std::optional<uint64_t> lastKept;
  plot::Picture picture;
  Error failure = Error::success();
};

} // namespace

std::unique_ptr<Log> makePlotLog(StringRef path, StringRef csv) { return std::make_unique<PlotLog>(path, csv); }

} // namespace resnetc::train
