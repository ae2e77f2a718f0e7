//===- ProgressLog.cpp - the line that people watch ------------------------===//

#include "runtime/train/log/ProgressLog.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Process.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

using namespace llvm;

namespace resnetc::train {
namespace {

constexpr double secondsInPlace = 0.1, secondsPlain = 30;

double steadySeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool isSet(const char *variable) {
  const char *value = std::getenv(variable);
  return value && *value;
}

std::string percent(double share) { return formatv("{0:f2} %", 100 * share).str(); }

/// "1:02:03", "4:05".
std::string clockTime(double seconds) {
  auto whole = static_cast<uint64_t>(std::lround(std::clamp(seconds, 0.0, 1e9)));
  std::string text;
  raw_string_ostream os(text);
  if (whole >= 3600)
    os << whole / 3600 << format(":%02d:%02d", static_cast<int>(whole / 60 % 60), static_cast<int>(whole % 60));
  else
    os << whole / 60 << format(":%02d", static_cast<int>(whole % 60));
  return text;
}

/// Four digits that matter: learning rates run over decades.
std::string shortNumber(double value) {
  std::string text;
  raw_string_ostream(text) << format("%.4g", value);
  return text;
}

} // namespace

ProgressLook lookOfStderr() {
  ProgressLook look;
  const char *terminal = std::getenv("TERM");
  look.inPlace = sys::Process::StandardErrIsDisplayed() && terminal && StringRef(terminal) != "dumb";
  look.colours = look.inPlace && !isSet("NO_COLOR");
  if (unsigned columns = sys::Process::StandardErrColumns())
    look.columns = columns;
  look.clock = steadySeconds;
  return look;
}

std::string ProgressLog::coloured(StringRef code, StringRef text) const {
  return look.colours ? ("\033[" + code + "m" + text + "\033[0m").str() : text.str();
}

void ProgressLog::begin(const RunRecord &record) {
  run = record;
  begun = shown = look.clock();
  size_t widest = 0;
  for (auto &[name, value] : run.settings)
    widest = std::max(widest, name.size());
  for (auto &[name, value] : run.settings)
    os << "  " << coloured("2", name) << std::string(widest + 2 - name.size(), ' ') << value << "\n";
  os.flush();
}

std::string ProgressLog::timeLeft(uint64_t step) const {
  uint64_t all = run.epochs * run.stepsPerEpoch;
  if (step <= firstStep || all < step)
    return "";
  double perStep = (look.clock() - begun) / static_cast<double>(step - firstStep);
  return clockTime(perStep * static_cast<double>(all - step)) + " left";
}

std::string ProgressLog::stepLine(const StepRecord &record) const {
  uint64_t perEpoch = std::max<uint64_t>(run.stepsPerEpoch, 1);
  uint64_t done = record.step - std::min(record.step, (std::max<uint64_t>(record.epoch, 1) - 1) * perEpoch);
  constexpr size_t barWidth = 20;
  size_t filled = std::min<uint64_t>(done * barWidth / perEpoch, barWidth);
  std::string line = formatv("epoch {0}/{1} [", record.epoch, run.epochs);
  size_t columns = line.size() + barWidth + 1;
  line += coloured("32", std::string(filled, '#')) + std::string(barWidth - filled, '.') + "]";

  struct Part {
    std::string text;
    int rank; ///< what is left away first has the highest
    bool shown;
  };
  Part parts[] = {{formatv("{0}/{1}", done, perEpoch), 1, false},
                  {formatv("loss {0:f4}", record.loss), 0, false},
                  {top1 ? "top-1 " + percent(*top1) : "", 3, false},
                  {"lr " + shortNumber(record.learningRate), 6, false},
                  {formatv("{0:f0} images/s", record.imagesPerSecond), 4, false},
                  {formatv("wait {0:f1} %", 100 * record.dataWaitShare), 5, false},
                  {timeLeft(record.step), 2, false}};
  for (int rank = 0; rank < static_cast<int>(std::size(parts)); ++rank)
    for (Part &part : parts)
      if (part.rank == rank && !part.text.empty() && (!look.inPlace || columns + 2 + part.text.size() < look.columns)) {
        part.shown = true;
        columns += 2 + part.text.size();
      }
  for (const Part &part : parts)
    if (part.shown)
      line += "  " + part.text;
  return line;
}

void ProgressLog::step(const StepRecord &record) {
  double now = look.clock();
  if (now - shown < (look.inPlace ? secondsInPlace : secondsPlain))
    return;
  shown = now;
  if (look.inPlace) {
    os << "\r\033[K" << stepLine(record);
    lineStands = true;
  } else
    os << stepLine(record) << "\n";
  os.flush();
}

void ProgressLog::epoch(const EpochRecord &record) {
  eraseLine();
  top1 = record.top1;
  os << formatv("epoch {0}/{1}  loss {2:f4}", record.epoch, run.epochs, record.trainLoss);
  if (record.trainAccuracy)
    os << "  accuracy " << percent(*record.trainAccuracy);
  if (record.validationLoss)
    os << formatv("  validation loss {0:f4}", *record.validationLoss);
  if (record.top1)
    os << "  top-1 " << (record.isBest ? coloured("1;32", percent(*record.top1)) : percent(*record.top1));
  if (record.top5)
    os << "  top-5 " << percent(*record.top5);
  os << formatv("  lr {0}  {1:f0} images/s  wait {2:f1} %  {3:f1} s", shortNumber(record.learningRate),
                record.imagesPerSecond, 100 * record.dataWaitShare, record.seconds);
  if (std::string left = record.epoch < run.epochs ? timeLeft(record.step) : ""; !left.empty())
    os << "  " << left;
  os << (record.isBest ? "  best\n" : "\n");
  shown = look.clock();
  os.flush();
}

void ProgressLog::note(StringRef text) {
  eraseLine();
  os << text << "\n";
  os.flush();
}

void ProgressLog::eraseLine() {
  if (std::exchange(lineStands, false))
    os << "\r\033[K";
}

Error ProgressLog::flush() {
  os.flush();
  return Error::success();
}

std::unique_ptr<Log> makeProgressLog() { return std::make_unique<ProgressLog>(errs(), lookOfStderr()); }

} // namespace resnetc::train
