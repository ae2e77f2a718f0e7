//===- KernelCompilerTest.cpp - workers, failures and the cache -------------===//

#include "compiler/kernels/KernelCompiler.h"
#include "compiler/kernels/KernelCache.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace resnetc::kernels;
using namespace llvm;

namespace {
KernelJob job(int channels, const char *target = "x86-64-v4") {
  KernelJob result;
  auto spec = KernelSpec::parse("elementwise batch=1 in=blocked16:f32:" + std::to_string(channels) +
                                "x5x5+1 out=blocked16:f32:" + std::to_string(channels) + "x5x5 epilogue=relu");
  EXPECT_TRUE(static_cast<bool>(spec));
  result.spec = *spec;
  result.target = target;
  return result;
}

class Compiler : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("resnetc-cache-test", folder));
    options.worker = RESNETC_KERNEL_WORKER;
    options.cacheDirectory = folder.str().str();
    options.workers = 2;
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  std::string script(StringRef text) {
    std::string path = (folder + "/worker").str();
    std::error_code error;
    raw_fd_ostream(path, error) << "#!/bin/sh\n" << text << '\n';
    sys::fs::setPermissions(path, sys::fs::all_all);
    return path;
  }
  std::string failureOf(ArrayRef<KernelJob> jobs) {
    auto result = compileKernels(jobs, options);
    EXPECT_FALSE(static_cast<bool>(result));
    return result ? "" : llvm::toString(result.takeError());
  }
  std::vector<std::string> cacheFiles() {
    std::vector<std::string> files;
    std::error_code error;
    for (sys::fs::directory_iterator it(folder + "/kernels", error), end; it != end && !error; it.increment(error))
      files.push_back(it->path());
    return files;
  }

  SmallString<128> folder;
  KernelCompilerOptions options;
};

TEST_F(Compiler, AnyFolderCanHoldTheCache) {
  const std::string strange = (folder + "/100%.part-1").str();
  KernelCache(strange).insert("key", "object");
  ASSERT_TRUE(KernelCache(strange).find("key"));
  // Objects are no leftovers of writers, however old they and whatever their folder's name are.
  int file;
  ASSERT_FALSE(
      sys::fs::openFileForReadWrite(strange + "/kernels/key.o", file, sys::fs::CD_OpenExisting, sys::fs::OF_None));
  const auto old = std::chrono::system_clock::now() - std::chrono::hours(2);
  EXPECT_FALSE(sys::fs::setLastAccessAndModificationTime(file, old));
  sys::fs::closeFile(file);
  KernelCache(strange).evict(1 << 20);
  EXPECT_TRUE(KernelCache(strange).find("key"));
}

TEST_F(Compiler, SameBytesWhateverWorkersAndCache) {
  std::vector<KernelJob> jobs{job(16), job(32), job(16), job(20, "x86-64")};
  auto first = compileKernels(jobs, options);
  ASSERT_TRUE(static_cast<bool>(first)) << llvm::toString(first.takeError());
  EXPECT_FALSE((*first)[0].cached);
  EXPECT_EQ(cacheFiles().size(), 3u); // equal jobs are one
  auto cached = compileKernels(jobs, options);
  options.useCache = false;
  options.workers = 1;
  auto again = compileKernels(jobs, options);
  ASSERT_TRUE(cached && again);
  for (size_t i = 0; i < jobs.size(); ++i) {
    EXPECT_TRUE((*cached)[i].cached);
    EXPECT_EQ((*first)[i].symbol, (*again)[i].symbol);
    EXPECT_EQ((*first)[i].object->getBuffer(), (*cached)[i].object->getBuffer());
    EXPECT_EQ((*first)[i].object->getBuffer(), (*again)[i].object->getBuffer());
  }
  EXPECT_EQ((*first)[0].symbol, (*first)[2].symbol);
  EXPECT_NE((*first)[0].symbol, (*first)[1].symbol);
}

TEST_F(Compiler, DamagedCacheFileIsNotUsed) {
  auto first = compileKernels(job(16), options);
  ASSERT_TRUE(static_cast<bool>(first)) << llvm::toString(first.takeError());
  ASSERT_EQ(cacheFiles().size(), 1u);
  std::error_code error;
  raw_fd_ostream(cacheFiles()[0], error, sys::fs::CD_OpenExisting) << "damaged";
  auto again = compileKernels(job(16), options);
  ASSERT_TRUE(static_cast<bool>(again));
  EXPECT_FALSE((*again)[0].cached);
  EXPECT_EQ((*first)[0].object->getBuffer(), (*again)[0].object->getBuffer());
}

TEST_F(Compiler, EvictsDownToTheLimit) {
  options.cacheLimitBytes = 4000;
  auto result = compileKernels({job(16), job(32), job(48), job(64)}, options);
  ASSERT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
  uint64_t total = 0, bytes = 0;
  for (const std::string &file : cacheFiles())
    total += sys::fs::file_size(file, bytes) ? 0 : bytes;
  EXPECT_LE(total, options.cacheLimitBytes);
}

TEST_F(Compiler, ReportsProgress) {
  std::vector<size_t> done;
  options.progress = [&](size_t n, size_t total, const KernelJob &, const CompiledKernel &) {
    EXPECT_EQ(total, 2u);
    done.push_back(n);
  };
  ASSERT_TRUE(static_cast<bool>(compileKernels({job(16), job(32)}, options)));
  EXPECT_EQ(done, (std::vector<size_t>{1, 2}));
}

TEST_F(Compiler, ContainsACrash) {
  options.worker = script("echo about to crash; kill -SEGV $$");
  std::string message = failureOf(job(16));
  EXPECT_NE(message.find("killed by signal 11"), std::string::npos) << message;
  EXPECT_NE(message.find("about to crash"), std::string::npos) << message;
  EXPECT_NE(message.find("--spec 'elementwise batch=1"), std::string::npos) << message;
}

TEST_F(Compiler, EndsAHang) {
  options.worker = script("exec sleep 60");
  options.timeoutSeconds = 1;
  EXPECT_NE(failureOf(job(16)).find("no end after 1 s"), std::string::npos);
}

TEST_F(Compiler, NoticesAMissingObject) {
  options.worker = script("exit 0");
  EXPECT_NE(failureOf(job(16)).find("wrote no object"), std::string::npos);
}

TEST_F(Compiler, RefusesBadJobs) {
  EXPECT_NE(failureOf(job(16, "sparc")).find("unknown target 'sparc'; there are x86-64-v4"), std::string::npos);
  KernelJob bad = job(16);
  bad.spec.output.channels = 17;
  EXPECT_NE(failureOf(bad).find("elementwise keeps shape"), std::string::npos);
  bad = job(16);
  bad.schedule = "B=none";
  EXPECT_NE(failureOf(bad).find("'B=none' is no setting"), std::string::npos);
  options.worker = "/nowhere/resnetc-kernel";
  EXPECT_NE(failureOf(job(16)).find("cannot read the kernel worker"), std::string::npos);
}

TEST_F(Compiler, WorksWithoutACache) {
  options.cacheDirectory = "/proc/nowhere";
  auto result = compileKernels(job(16), options);
  EXPECT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
}
} // namespace
