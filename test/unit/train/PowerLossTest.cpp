//===- PowerLossTest.cpp - every state that a loss of power may leave ---------------------------===//
//
// The calls that a save makes are recorded. For power that fails after each of them, every state that the disk may then
// be in is made: changes of names that no syncFolder confirmed are there up to any one of them, and bytes that no sync
// confirmed are there in part, as zeros, or not at all. Each state must load, as the old or the new checkpoint.
//
//===--------------------------------------------------------------------------------------------===//

#include "RunFixture.h"
#include <fstream>
#include <map>
#include <set>

using namespace resnetc;
using namespace resnetc::train;

namespace {

struct Call {
  enum Kind { Create, Write, Sync, Rename, SyncFolder, Remove } kind;
  std::string path, to; ///< to: of Rename
  int file = 0;
  std::string bytes;
  uint64_t offset = 0;
};

/// Does what it is told, and remembers it.
class Recorder : public weights::FileOperations {
public:
  std::error_code create(llvm::StringRef path, int &file) override {
    const std::error_code code = real.create(path, file);
    if (!code)
      calls.push_back({Call::Create, path.str(), {}, file, {}, 0});
    return code;
  }
  std::error_code write(int file, llvm::StringRef bytes, uint64_t offset) override {
    calls.push_back({Call::Write, {}, {}, file, bytes.str(), offset});
    return failing ? std::make_error_code(std::errc::no_space_on_device) : real.write(file, bytes, offset);
  }
  std::error_code sync(int file) override {
    calls.push_back({Call::Sync, {}, {}, file, {}, 0});
    return real.sync(file);
  }
  std::error_code close(int file) override { return real.close(file); }
  std::error_code rename(llvm::StringRef from, llvm::StringRef to) override {
    calls.push_back({Call::Rename, from.str(), to.str(), 0, {}, 0});
    return real.rename(from, to);
  }
  std::error_code syncFolder(llvm::StringRef folder) override {
    calls.push_back({Call::SyncFolder, folder.str(), {}, 0, {}, 0});
    return real.syncFolder(folder);
  }
  void remove(llvm::StringRef path) override {
    calls.push_back({Call::Remove, path.str(), {}, 0, {}, 0});
    real.remove(path);
  }

  std::vector<Call> calls;
  bool failing = false;

private:
  weights::FileOperations &real = weights::systemFiles();
};

/// A file of the disk: what is there for good, and what was written since.
struct File {
  std::string durable;
  std::vector<const Call *> pending;

  static void put(std::string &bytes, llvm::StringRef more, uint64_t offset) {
    if (bytes.size() < offset + more.size())
      bytes.resize(offset + more.size());
    std::copy(more.begin(), more.end(), bytes.begin() + static_cast<ptrdiff_t>(offset));
  }
  std::string whole() const {
    std::string bytes = durable;
    for (const Call *call : pending)
      put(bytes, call->bytes, call->offset);
    return bytes;
  }
  /// What may be found after the power comes back.
  std::vector<std::string> states() const {
    if (pending.empty())
      return {durable};
    const std::string all = whole();
    std::vector<std::string> result = {durable, all, std::string(all.size(), '\0')};
    std::vector<size_t> places = {1, 15, 16, 63, 64, 72, 80, 128, all.size() - 1, all.size() - 64};
    for (size_t page = 512; page < all.size(); page += 512)
      places.push_back(page);
    for (size_t place : places) {
      if (place == 0 || place >= all.size())
        continue;
      result.push_back(all.substr(0, place)); // torn
      std::string zeros = all;                // the size is there, the last pages are not
      std::fill(zeros.begin() + static_cast<ptrdiff_t>(place), zeros.end(), '\0');
      result.push_back(zeros);
      zeros = all; // nor the first ones
      std::fill(zeros.begin(), zeros.begin() + static_cast<ptrdiff_t>(place), '\0');
      result.push_back(zeros);
    }
    return result;
  }
};

/// A disk on which the first `count` calls were made.
class Disk {
public:
  Disk(const std::map<std::string, std::string> &before, const std::vector<Call> &calls, size_t count) {
    int number = -1;
    for (const auto &[path, bytes] : before) {
      files[number].durable = bytes;
      names[path] = number--;
    }
    std::map<int, int> open; // descriptors come again
    int next = 0;
    for (size_t i = 0; i < count; ++i) {
      const Call &call = calls[i];
      switch (call.kind) {
      case Call::Create:
        open[call.file] = next;
        changes.push_back({&call, next++});
        break;
      case Call::Write:
        files[open[call.file]].pending.push_back(&call);
        break;
      case Call::Sync: {
        File &file = files[open[call.file]];
        file = {file.whole(), {}};
        break;
      }
      case Call::SyncFolder:
        for (const auto &[change, file] : changes)
          apply(*change, file, names);
        changes.clear();
        break;
      case Call::Rename:
      case Call::Remove:
        changes.push_back({&call, 0});
      }
    }
  }

  /// Calls visit(bytes of `path`, or null) for each state.
  template <typename Visit> void forEachState(const std::string &path, Visit visit) const {
    for (size_t durable = 0; durable <= changes.size(); ++durable) {
      std::map<std::string, int> found = names;
      for (size_t i = 0; i < durable; ++i)
        apply(*changes[i].first, changes[i].second, found);
      const auto name = found.find(path);
      if (name == found.end()) {
        visit(nullptr);
        continue;
      }
      const auto file = files.find(name->second);
      for (const std::string &bytes : file == files.end() ? std::vector<std::string>{""} : file->second.states())
        visit(&bytes);
    }
  }

private:
  static void apply(const Call &change, int file, std::map<std::string, int> &names) {
    if (change.kind == Call::Create) {
      names[change.path] = file;
    } else if (change.kind == Call::Rename) {
      names[change.to] = names[change.path];
      names.erase(change.path);
    } else {
      names.erase(change.path);
    }
  }

  std::map<int, File> files;
  std::map<std::string, int> names;                  ///< that are there for good
  std::vector<std::pair<const Call *, int>> changes; ///< of names, not yet confirmed
};

class PowerLossTest : public RunFixture {
protected:
  /// An old checkpoint and the calls that replace it by a new one.
  void record() {
    ASSERT_TRUE(bool(run(4)));
    before = contents(outputs.checkpoint);
    ASSERT_TRUE(bool(run(10)));
    after = contents(outputs.checkpoint);
    ASSERT_NE(before, after);
    std::ofstream(outputs.checkpoint, std::ios::binary) << before;
    ASSERT_FALSE(bool(write()));
    ASSERT_EQ(contents(outputs.checkpoint), after);
    llvm::SmallString<128> real;
    llvm::sys::fs::real_path(outputs.checkpoint, real);
    path = real.str().str();
  }
  llvm::Error write() {
    return writeCheckpoint(outputs.checkpoint, describe(settings), model, "by hand", end, recorder);
  }

  /// The states in which neither the old nor the new checkpoint can be loaded, or the old one although the save
  /// had returned.
  size_t badStates(const std::vector<Call> &calls, std::set<std::string> *loaded = nullptr) {
    size_t bad = 0;
    for (size_t count = 0; count <= calls.size(); ++count)
      Disk({{path, before}}, calls, count).forEachState(path, [&](const std::string *bytes) {
        ++states;
        const bool mustBeNew = count == calls.size();
        const bool good = bytes && loads(*bytes) && (*bytes == after || (*bytes == before && !mustBeNew));
        bad += !good;
        if (good && loaded)
          loaded->insert(*bytes);
      });
    return bad;
  }
  bool loads(const std::string &bytes) {
    auto checkpoint = parseCheckpoint(bytes, path);
    if (!checkpoint) {
      consumeError(checkpoint.takeError());
      return false;
    }
    return !errorToBool(checkpointFits(*checkpoint, describe(settings), model, path));
  }
  std::vector<Call> without(Call::Kind kind) const {
    std::vector<Call> rest = recorder.calls;
    llvm::erase_if(rest, [&](const Call &call) { return call.kind == kind; });
    return rest;
  }

  Recorder recorder;
  std::string path, before, after;
  size_t states = 0;
};

TEST_F(PowerLossTest, EveryStateLoadsAsTheOldOrTheNewCheckpoint) {
  record();
  std::set<std::string> loaded;
  EXPECT_EQ(badStates(recorder.calls, &loaded), 0u);
  EXPECT_EQ(loaded, (std::set<std::string>{before, after}));
  EXPECT_GE(states, 8u);
}

TEST_F(PowerLossTest, WithoutTheFilesSyncSomeStateIsBad) {
  record();
  EXPECT_GT(badStates(without(Call::Sync)), 10u);
}

TEST_F(PowerLossTest, WithoutTheFoldersSyncTheOldOneMayComeBack) {
  record();
  EXPECT_GT(badStates(without(Call::SyncFolder)), 0u);
}

TEST_F(PowerLossTest, AFullDiskLeavesTheOldOne) {
  record();
  std::ofstream(outputs.checkpoint, std::ios::binary) << before;
  recorder.failing = true;
  const std::string words = toString(write());
  EXPECT_NE(words.find("cannot write " + outputs.checkpoint + ": No space left on device"), std::string::npos) << words;
  EXPECT_EQ(contents(outputs.checkpoint), before);
  std::error_code code;
  size_t files = 0;
  for (llvm::sys::fs::directory_iterator entry(folder, code), none; entry != none; entry.increment(code))
    files += llvm::StringRef(entry->path()).ends_with(".tmp");
  EXPECT_EQ(files, 0u);
}

} // namespace
